// The calendar of the admin rewrites a day that does not exist to another one, and words to today, as soon as the
// field is left. What was typed stays instead, and the server says what is wrong with it.
window.jQuery.fn.datetimepicker.defaults.validateOnBlur = false;

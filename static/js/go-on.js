// The next batch of a set that is being published, as soon as the report of the last one is shown.
document.querySelector("#go-on button[value='go-on']")?.click();

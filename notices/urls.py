"""The addresses of this app, inside the language prefixes."""

from django.urls import path

from notices.views import following, invitation, preferences, remark, reply_link

urlpatterns = [
    path("powiadomienia/", preferences.mail_preferences, name="mail_preferences"),
    path("powiadomienia/ponow/", preferences.mail_try_again, name="mail_try_again"),
    path("powiadomienia/linki/", preferences.reply_links_end, name="reply_links_end"),
    path("zaproszenie/<str:token>/", invitation.invitation, name="invitation"),
    path("odpowiedz/<str:token>/", reply_link.reply_link, name="reply_link"),
    path("odpowiedz/<str:token>/przerwa/", reply_link.reply_link_pause, name="reply_link_pause"),
    path("odpowiedz/<str:token>/to-nie-ja/", reply_link.reply_link_not_me, name="reply_link_not_me"),
    path("odpowiedz/<str:token>/<int:assignment>/", reply_link.reply_link_item, name="reply_link_item"),
    path("obserwuj/", following.follow, name="follow"),
    path("obserwuj/wyslano/", following.follow_sent, name="follow_sent"),
    path("obserwuj/potwierdz/<str:token>/", following.follow_confirm, name="follow_confirm"),
    path("obserwowane/<str:token>/", following.subscriptions, name="subscriptions"),
    path("obserwowane/<str:token>/koniec/", following.subscriptions_end, name="subscriptions_end"),
    path("obserwowane/<str:token>/<int:subscription>/koniec/", following.subscription_end, name="subscription_end"),
    path("zglos/<str:reference>/", remark.remark_create, name="remark_create"),
    path("zglos/<str:reference>/dziekujemy/", remark.remark_sent, name="remark_sent"),
]

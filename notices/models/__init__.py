"""What is mailed to whom and why: the queue, the links in mails, what readers follow and what they tell us."""

from notices.models.invitation import Invitation
from notices.models.mail import MailPreference, Message, MessageItem
from notices.models.remark import Remark
from notices.models.reply_link import ReplyLink, ReplyLinkUse
from notices.models.subscription import FormUse, Subscriber, Subscription, fresh_nonce

__all__ = [
    "FormUse",
    "Invitation",
    "MailPreference",
    "Message",
    "MessageItem",
    "Remark",
    "ReplyLink",
    "ReplyLinkUse",
    "Subscriber",
    "Subscription",
    "fresh_nonce",
]

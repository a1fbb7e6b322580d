"""What is mailed to whom and why: the queue, the links in mails, what readers follow and what they tell us."""

from notices.models.following import Following, FormUse, Subscriber, fresh_nonce
from notices.models.mail import MailPreference, Message, MessageItem
from notices.models.remark import Remark
from notices.models.reply_link import ReplyLink, ReplyLinkUse

__all__ = [
    "Following",
    "FormUse",
    "MailPreference",
    "Message",
    "MessageItem",
    "Remark",
    "ReplyLink",
    "ReplyLinkUse",
    "Subscriber",
    "fresh_nonce",
]

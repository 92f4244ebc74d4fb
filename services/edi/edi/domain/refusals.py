"""What the desk is told when the wire cannot do what was asked."""

from __future__ import annotations

from common.refusal import Refusal


class HostNotAllowed(Refusal):
    code = "partner-host-not-allowed"
    sentence = "This installation does not talk to the host of that address."
    mend = "Correct the address, or have the host added to EDI_ALLOWED_HOSTS."
    status = 422


class AddressNotSafe(Refusal):
    code = "partner-address-not-safe"
    sentence = "A partner's address is https or sftp, without user, query or fragment; http is for loopback alone."
    mend = "Give the address that the partner published, in the scheme of the wire."
    status = 422


class MachineNotAllowed(Refusal):
    code = "partner-machine-not-allowed"
    sentence = "The host of partner {partner_id} leads to a machine that this installation does not talk to."
    mend = "Ask the partner where its host should lead; a private network has to be listed in EDI_ALLOWED_NETWORKS."


class AccessIncomplete(Refusal):
    code = "partner-access-incomplete"
    sentence = "The field {field} of the partner's access does not fit."
    mend = "Give {rule}."
    status = 422


class HostKeyMissing(Refusal):
    code = "partner-host-key-missing"
    sentence = "A partner on SFTP is known by its host key, and none is given that can be read."
    mend = "Give the keys that the partner published, one line each: type and key as OpenSSH writes them."
    status = 422


class HostKeyWrong(Refusal):
    code = "partner-host-key-wrong"
    sentence = "The server of partner {partner_id} shows a host key that is not among its pinned ones."
    mend = "Ask the partner by telephone whether it changed its key, and only then amend the partner."


class SecretMissing(Refusal):
    code = "partner-secret-missing"
    sentence = "The secret {secret} of the partner is not in this installation, or cannot be used."
    mend = "Put the file {secret} into the folder EDI_SECRETS_FOLDER."
    status = 422


class NotThisWire(Refusal):
    code = "partner-wire"
    sentence = "Partner {partner_id} is on the wire {wire}, which does not carry this."
    mend = "Name a partner on HTTP (for PAS one on FHIR), or send the request as a batch."
    status = 422


class BadIdentifier(Refusal):
    code = "partner-identifier-invalid"
    sentence = "The field {field} does not fit its place in ISA or GS."
    mend = "Give {rule}."
    status = 422


class SenderTaken(Refusal):
    code = "sender-taken"
    sentence = "Another partner record already sends to that address under the same sender id."
    mend = "Give every practice and partner a sender id of its own: control numbers and mailboxes go by it."


class PayerRoutedTwice(Refusal):
    code = "payer-routed-twice"
    sentence = "Payer {payer_id} is already routed to partner {partner_id}."
    mend = "Take the payer off that partner first."


class NoRoute(Refusal):
    code = "no-route"
    sentence = "No partner of this practice takes files for payer {payer_id}."
    mend = 'Add the payer, or "*", to the payers of the partner that forwards to it.'


class UnknownKind(Refusal):
    code = "unknown-kind"
    sentence = "The kind of transaction is not one that can be sent: {known}."
    mend = "Send one of {known}; acknowledgements are made here and need no request."
    status = 422


class BadBody(Refusal):
    code = "body-not-x12"
    sentence = "Body {number}, segment {segment}: {what}."
    mend = "Render the body again: the segments between ST and SE in the delimiters * : ^ ~."
    status = 422


class CannotBeWritten(Refusal):
    code = "cannot-be-written"
    sentence = "The interchange cannot be written: {what}."
    mend = "Change the partner's delimiters, or take the character out of the data."
    status = 422


class PartnerRefused(Refusal):
    code = "partner-refused"
    sentence = "Partner {partner_id} answered {status} ({answer}) to transmission {transmission_id}."
    mend = "Mend the partner's address or access, then restart the timer; nothing is sent twice."


class ControlNumberTaken(Refusal):
    code = "control-number-taken"
    sentence = "Partner {partner_id} holds another interchange under the control number {control}."
    mend = "Ask the partner which sender used the number; give this practice a sender id of its own."


class StillMalformed(Refusal):
    code = "still-malformed"
    sentence = "File {file_id} still cannot be processed: {reason}, {count} findings."
    mend = "Read the findings of the file, and release it with a corrected content."


class NotInQuarantine(Refusal):
    code = "not-in-quarantine"
    sentence = "File {file_id} is {status}, so there is nothing to release."
    mend = "Look at the file; release only what GET /quarantine lists."


class NothingToRead(Refusal):
    code = "nothing-to-read"
    sentence = "File {file_id} could not be fetched, so its content is not here."
    mend = "Get the file from the partner and release it with that content."


class IllegalMove(Refusal):
    code = "transmission-cannot-move"
    sentence = "Transmission {transmission_id} is {status}; {fact} is not possible any more."
    mend = "Look at its acknowledgements."


class NoPublicAddress(Refusal):
    code = "no-public-address"
    sentence = "This installation has no address at which a partner could tell it anything."
    mend = "Set EDI_PUBLIC_URL to where partners reach this service over https."
    status = 422


class SubscriptionUnknown(Refusal):
    code = "subscription-unknown"
    sentence = "There is no such subscription, or it was ended."
    mend = "Stop sending to this address; the practice subscribes anew where it wants to be told."
    status = 404


class NotificationSecretWrong(Refusal):
    code = "token-wrong"
    sentence = "The notification does not carry the secret of its subscription."
    mend = "Send the header that the Subscription names, as it stands there."
    status = 401

    @property
    def headers(self) -> dict[str, str]:
        """RFC 6750, section 3."""
        return {"WWW-Authenticate": 'Bearer realm="dermbill", error="invalid_token"'}


class NotificationUnreadable(Refusal):
    code = "notification-unreadable"
    sentence = "The body is no notification of this subscription: {where} {what}."
    mend = "Send a notification Bundle (R4 backport of subscriptions); what came is kept for a person."
    status = 422


class AskedTooRecently(Refusal):
    code = "asked-too-recently"
    sentence = "The same was asked less than 90 seconds ago and has no answer yet; {seconds} seconds are left."
    mend = "Ask again after that (CAQH CORE), or send the question as a batch."
    status = 429

    @property
    def headers(self) -> dict[str, str]:
        """For HTTP: when to ask again."""
        return {"Retry-After": str(self.facts["seconds"])}


class BadQuestion(Refusal):
    code = "question-invalid"
    sentence = "The question of kind {kind} cannot be rendered: {where} {what}."
    mend = "Send either a body, or a question in the form of the API's page."
    status = 422


class PayerTimeout(Refusal):
    code = "payer-timeout"
    sentence = "The payer did not answer exchange {exchange_id} within 19 seconds."
    mend = "Ask again after 90 seconds (CAQH CORE), or send the question as a batch."
    status = 504


class PayerUnavailable(Refusal):
    code = "payer-unavailable"
    sentence = "The payer could not be asked: {reason} (exchange {exchange_id})."
    mend = "Ask again after 90 seconds (CAQH CORE), or send the question as a batch."
    status = 503


class QuestionRefused(Refusal):
    code = "question-refused"
    sentence = "The partner refused exchange {exchange_id}: {reason}."
    mend = "Look at the partner's address and access; the question itself may be one that it does not take."
    status = 502


class AnswerUnreadable(Refusal):
    code = "answer-unreadable"
    sentence = "What the payer answered to exchange {exchange_id} is no answer to it: {reason}."
    mend = "Read the interchange in the archive, and tell the partner."
    status = 502

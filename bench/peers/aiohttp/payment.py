"""What is asked for, and what becomes of it."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone

CURRENCY = re.compile(r"[A-Z]{3}")
NUMBER = re.compile(r"[0-9]{12,19}")
CVC = re.compile(r"[0-9]{3,4}")


class Invalid(Exception):
    pass


@dataclass(slots=True)
class PaymentRequest:
    amount: int
    currency: str
    number: str
    exp_month: int
    exp_year: int
    cvc: str
    reference: str | None

    @classmethod
    def parse(cls, body):
        method = value(body, "payment_method", dict)
        if value(method, "type", str) != "card":
            raise Invalid("type: there is only card")
        card = value(method, "card", dict)
        reference = body.get("reference")
        if reference is not None and (type(reference) is not str or len(reference) > 64):
            raise Invalid("reference")
        return cls(
            amount=number(body, "amount", 1, 999_999_999_999),
            currency=text(body, "currency", CURRENCY),
            number=text(card, "number", NUMBER),
            exp_month=number(card, "exp_month", 1, 12),
            exp_year=number(card, "exp_year", 2000, 2099),
            cvc=text(card, "cvc", CVC),
            reference=reference,
        )


def value(within, name, kind):
    found = within.get(name) if type(within) is dict else None
    if type(found) is not kind:
        raise Invalid(name)
    return found


def number(within, name, least, most):
    found = value(within, name, int)
    if not least <= found <= most:
        raise Invalid(name)
    return found


def text(within, name, pattern):
    found = value(within, name, str)
    if not pattern.fullmatch(found):
        raise Invalid(name)
    return found


@dataclass(slots=True)
class Payment:
    id: uuid.UUID
    status: str
    amount: int
    currency: str
    first6: str
    last4: str
    exp_month: int
    exp_year: int
    reference: str | None
    bank_reference: str | None
    auth_code: str | None
    created: datetime
    updated: datetime

    @classmethod
    def processing(cls, asked):
        now = datetime.now(timezone.utc)
        return cls(
            id=uuid.uuid4(),
            status="processing",
            amount=asked.amount,
            currency=asked.currency,
            first6=asked.number[:6],
            last4=asked.number[-4:],
            exp_month=asked.exp_month,
            exp_year=asked.exp_year,
            reference=asked.reference,
            bank_reference=None,
            auth_code=None,
            created=now,
            updated=now,
        )

    def captured(self, sale):
        self.status = "captured"
        self.bank_reference = sale["bank_reference"]
        self.auth_code = sale["auth_code"]
        self.updated = datetime.now(timezone.utc)

    def fee(self):
        """1 %, and not less than 1."""
        return max(1, self.amount // 100)

    def json(self):
        """What a merchant sees."""
        return {
            "id": str(self.id),
            "status": self.status,
            "amount": self.amount,
            "currency": self.currency,
            "payment_method": {
                "type": "card",
                "card": {
                    "first6": self.first6,
                    "last4": self.last4,
                    "exp_month": self.exp_month,
                    "exp_year": self.exp_year,
                },
            },
            "reference": self.reference,
            "bank_reference": self.bank_reference,
            "auth_code": self.auth_code,
            "created": iso(self.created),
            "updated": iso(self.updated),
        }


def iso(time):
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")

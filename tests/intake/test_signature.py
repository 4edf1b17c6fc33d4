"""Was this webhook signed by who holds the secret? With the published vectors of Standard Webhooks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import BadSignature
from campaigns.intake.signature import check_body_hmac, check_standard, sign_standard
from campaigns.merchants.store import new_secret

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIMESTAMP = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"
BODY = b'{"test": 2432232314}'
GOOD = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
WRONG = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="
THEN = datetime.fromtimestamp(int(TIMESTAMP), UTC)


@pytest.mark.parametrize(
    "signatures",
    [GOOD, f"{WRONG} v2,{GOOD[3:]} {GOOD} {WRONG}", f"v1a,abc {GOOD}"],
    ids=["one", "among others", "beside an asymmetric one"],
)
def test_a_genuine_signature_is_accepted(signatures: str) -> None:
    check_standard((ID, TIMESTAMP, signatures), BODY, [SECRET], THEN)


@pytest.mark.parametrize(
    ("headers", "body", "now"),
    [
        pytest.param((ID, TIMESTAMP, WRONG), BODY, THEN, id="one letter off"),
        pytest.param((ID, TIMESTAMP, f"v2,{GOOD[3:]}"), BODY, THEN, id="another scheme"),
        pytest.param((ID, TIMESTAMP, GOOD), BODY + b" ", THEN, id="one more byte in the body"),
        pytest.param(("msg_other", TIMESTAMP, GOOD), BODY, THEN, id="another id"),
        pytest.param((ID, TIMESTAMP, GOOD), BODY, THEN + timedelta(minutes=5, seconds=1), id="too old"),
        pytest.param((ID, TIMESTAMP, GOOD), BODY, THEN - timedelta(minutes=5, seconds=1), id="from the future"),
        pytest.param((ID, "1614265330.5", GOOD), BODY, THEN, id="no whole seconds"),
        pytest.param((ID, "９", GOOD), BODY, THEN, id="a digit that is no digit"),
        pytest.param((ID, TIMESTAMP, ""), BODY, THEN, id="no signature"),
        pytest.param((ID, TIMESTAMP, "v1,ü"), BODY, THEN, id="letters base64 lacks"),
        pytest.param(("", "", ""), BODY, THEN, id="no headers"),
    ],
)
def test_eve_is_refused(headers: tuple[str, str, str], body: bytes, now: datetime) -> None:
    with pytest.raises(BadSignature):
        check_standard(headers, body, [SECRET], now)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_$$$"])
def test_a_secret_that_is_none_signs_nothing(secret: str) -> None:
    with pytest.raises(BadSignature):
        sign_standard(secret, ID, THEN, BODY)


@pytest.mark.parametrize(
    "secret", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwBr"]
)
def test_a_secret_may_lack_its_padding(secret: str) -> None:
    signed = sign_standard(secret, ID, THEN, BODY)

    check_standard((ID, TIMESTAMP, signed["webhook-signature"]), BODY, [secret], THEN)


@given(st.binary(max_size=200))
def test_what_one_secret_signs_no_other_accepts(body: bytes) -> None:
    mine, other = new_secret(), new_secret()
    headers = sign_standard(mine, ID, THEN, body)
    given_headers = (ID, TIMESTAMP, headers["webhook-signature"])

    check_standard(given_headers, body, [other, mine], THEN)
    with pytest.raises(BadSignature):
        check_standard(given_headers, body, [other], THEN)


def test_shopifys_signature_is_the_hmac_of_the_raw_body() -> None:
    body = b'{"id":820982911946154508,"email":"jon@example.com"}'

    check_body_hmac("D0UMXmhjwBRi4y66TmhJrDlhQABD7zI2fm3p6/QLMo8=", body, ["new", "hush"])
    for wrong in ("", "D0UMXmhjwBRi4y66TmhJrDlhQABD7zI2fm3p6/QLMo9=", "é"):
        with pytest.raises(BadSignature):
            check_body_hmac(wrong, body, ["hush"])

"""Reports as pages: templates, headers, languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from verifier.language import ADVICE, OUTCOMES, PASSING, STEPS, VERDICTS, Language, choose_language
from verifier.messages import NOTHING, Message, marked
from verifier.readers.number import printed_number
from verifier.report import Check, Facts, Outcome, Report
from verifier.verdict import Verdict

PACKAGE = Path(__file__).parent.parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
FORMS = {
    "jwt": marked("from a token (vc+jwt)"),
    "json": marked("from JSON with a Data Integrity proof"),
    "qr": marked("from the QR code"),
    "link": marked("from the link"),
    "png": marked("from a PNG badge"),
    "svg": marked("from an SVG badge"),
    "pdf": marked("from a PDF"),
    "photo": marked("from the QR code in a picture"),
}
_templates = Environment(loader=FileSystemLoader(PACKAGE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


@dataclass(frozen=True, slots=True)
class Line:
    """A check as the page shows it."""

    step: str
    outcome: str
    name: str
    told: str
    reason: str


def language_of(request: Request) -> Language:
    """What the visitor wishes."""
    return choose_language(request.query_params.get("lang"), request.headers.get("accept-language"))


def page(request: Request, template: str, host: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the visitor's language."""
    told = language_of(request)
    content = _templates.get_template(template).render(t=told, _=told.text, host=host, **values)
    return HTMLResponse(content, status_code=status, headers=HEADERS | {"Vary": "Accept-Language", "Content-Language": told.code})


def shown(report: Report, told: Language, now: datetime, certificate_id: str = "") -> dict[str, Any]:
    """What the template of a result needs."""
    facts, at = report.facts, report.status_at
    return {
        "report": report,
        "facts": facts,
        "verdict": told.text(VERDICTS[report.verdict]),
        "advice": told.text(ADVICE[report.verdict]),
        "because": told.say(because(report)),
        "status_at": told.moment(at) if at is not None and report.verdict is not Verdict.ALTERED else "",
        "lines": [line(check, told) for check in report.checks],
        "number": printed_number(certificate_id or (facts.id.rpartition("/")[2] if facts else "")),
        "period": "" if facts is None else _period(facts, told),
        "now": told.moment(now),
        "form": told.text(FORMS.get(report.form, "")),
    }


def because(report: Report) -> Message:
    """The one reason that stands under the verdict."""
    decisive = report.decisive
    return NOTHING if report.verdict is Verdict.VALID or decisive is None else decisive.reason


def line(check: Check, told: Language) -> Line:
    """One check in words."""
    reason = told.say(check.reason) or (told.text(PASSING[check.step]) if check.outcome is Outcome.PASSED else "")
    return Line(check.step.value, check.outcome.value, told.text(STEPS[check.step]), told.text(OUTCOMES[check.outcome]), reason)


def _period(facts: Facts, told: Language) -> str:
    try:
        days = [told.day(datetime.fromisoformat(day).date()) for day in (facts.learned_from, facts.learned_until) if day]
    except ValueError:
        return ""
    return " – ".join(dict.fromkeys(days))

"""What the page says, in Indonesian and English. Words of the law stay Indonesian (JP: jam pelajaran, hours of 45 minutes)."""

from __future__ import annotations

from verifier.report import Outcome, Step, Verdict

LANGUAGES = ("id", "en")

_ID = {
    "title": "Periksa sertifikat",
    "intro": "Tempelkan isi sertifikat (berkas .jwt atau .json). Isinya tidak disimpan.",
    "field": "Isi sertifikat",
    "button": "Periksa",
    "host": "Anda berada di",
    "host_warning": "Samakan alamat ini dengan alamat yang tercetak di samping kode QR.",
    "checked": "Diperiksa pada",
    "programme": "Pelatihan",
    "provider": "Penyelenggara",
    "holder": "Peserta",
    "hours": "Jam pelajaran",
    "hours_unit": "JP",
    "completed": "Selesai",
    "issued": "Diterbitkan",
    "criteria": "Syarat",
    "number": "Nomor",
    "details": "Hasil setiap pemeriksaan",
    "downloads": "Unduh",
    "not_looked_at": "Yang tidak diperiksa: pencabutan, dan akreditasi penyelenggara pada hari penerbitan.",
    "missing": "Tidak ada sertifikat dengan nomor ini",
    "missing_text": "Periksa alamatnya, atau tempelkan isi sertifikat di bawah ini.",
    "other_language": "English",
    Verdict.VALID: "Asli",
    Verdict.ALTERED: "Diubah",
    Verdict.UNKNOWN_ISSUER: "Penerbit tidak dikenal",
    Verdict.OUT_OF_TIME: "Di luar masa berlaku",
    Verdict.CANNOT_CHECK: "Tidak dapat diperiksa",
    f"{Verdict.VALID} text": "Tanda tangan penerbit cocok dengan setiap kata di bawah ini.",
    f"{Verdict.ALTERED} text": "Isinya bukan yang ditandatangani penerbit. Jangan dipakai; mintalah berkas aslinya.",
    f"{Verdict.UNKNOWN_ISSUER} text": "Penandatangannya tidak ada dalam daftar penyelenggara. Ini bukan bukti jam pelajaran.",
    f"{Verdict.OUT_OF_TIME} text": "Tanda tangannya cocok, tetapi sertifikat ini belum atau tidak lagi berlaku.",
    f"{Verdict.CANNOT_CHECK} text": "Ini bukan sertifikat yang dapat dibaca halaman ini. Belum tentu palsu.",
    Outcome.PASSED: "lulus",
    Outcome.FAILED: "gagal",
    Outcome.SKIPPED: "dilewati",
    Step.READABLE: "Dapat dibaca",
    Step.CONSISTENT: "Semua bagian menyebut hal yang sama",
    Step.ISSUER: "Penerbit dikenal",
    Step.KEY: "Kunci milik penerbit",
    Step.SIGNATURE: "Tanda tangan",
    Step.TERMS: "Setiap istilah berdefinisi",
    Step.CONTENT: "Isi lengkap",
    Step.TIME: "Masa berlaku",
    Step.STATUS: "Status",
}

_EN = {
    "title": "Check a certificate",
    "intro": "Paste what the certificate file (.jwt or .json) holds. It is not kept.",
    "field": "Certificate",
    "button": "Check",
    "host": "You are at",
    "host_warning": "Compare this address with the one printed beside the QR code.",
    "checked": "Checked",
    "programme": "Programme",
    "provider": "Provider",
    "holder": "Holder",
    "hours": "Learning hours",
    "hours_unit": "JP (45 minutes each)",
    "completed": "Completed",
    "issued": "Issued",
    "criteria": "Criteria",
    "number": "Number",
    "details": "What came of each check",
    "downloads": "Download",
    "not_looked_at": "Not looked at: revocation, and the provider's accreditation on the day of issue.",
    "missing": "There is no certificate with this number",
    "missing_text": "Check the address, or paste the certificate below.",
    "other_language": "Bahasa Indonesia",
    Verdict.VALID: "Valid",
    Verdict.ALTERED: "Altered",
    Verdict.UNKNOWN_ISSUER: "Unknown issuer",
    Verdict.OUT_OF_TIME: "Out of its time",
    Verdict.CANNOT_CHECK: "Cannot be checked",
    f"{Verdict.VALID} text": "The issuer's signature fits every word below.",
    f"{Verdict.ALTERED} text": "This is not what the issuer signed. Do not use it; ask for the original file.",
    f"{Verdict.UNKNOWN_ISSUER} text": "Whoever signed this is not on the list of providers. It is no proof of hours.",
    f"{Verdict.OUT_OF_TIME} text": "The signature fits, but this certificate is not valid yet, or no longer.",
    f"{Verdict.CANNOT_CHECK} text": "This is no certificate that this page can read. It need not be a forgery.",
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.SKIPPED: "skipped",
    Step.READABLE: "Readable",
    Step.CONSISTENT: "Every part names the same",
    Step.ISSUER: "Issuer known",
    Step.KEY: "The issuer's key",
    Step.SIGNATURE: "Signature",
    Step.TERMS: "Every term is defined",
    Step.CONTENT: "Content complete",
    Step.TIME: "Time",
    Step.STATUS: "Status",
}

TEXTS: dict[str, dict[str, str]] = {"id": _ID, "en": _EN}


def choose_language(asked: str | None, accepted: str | None) -> str:
    """`asked` (a parameter) wins; else the first of ours that the Accept-Language header names; else Indonesian."""
    for part in (asked or "", *(accepted or "").split(",")):
        language = part.split(";")[0].strip().lower().split("-")[0]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]

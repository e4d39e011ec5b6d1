"""The columns of HR's file of persons, and what their cells may say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from credentials.errors import PeopleError
from credentials.people.person import Kind, PositionKind, Standing

COLUMNS: Mapping[str, Sequence[str]] = {
    "nip": ("nip baru", "nip/nrp", "nomor induk pegawai"),
    "nip_old": ("nip lama",),
    "ni_pppk": ("nippppk", "nomor induk pppk", "ni p3k"),
    "siasn_id": ("pns orang id", "id pns", "siasn"),
    "email": ("e-mail", "surel", "alamat email"),
    "name": ("nama", "nama lengkap", "nama pegawai"),
    "front_title": ("gelar depan", "glr depan"),
    "back_title": ("gelar belakang", "glr belakang"),
    "name_since": ("tmt nama",),
    "kind": ("jenis", "jenis asn", "jenis pegawai", "status kepegawaian", "status pegawai"),
    "standing": ("kedudukan", "kedudukan hukum", "keadaan"),
    "status_since": ("tmt status", "tmt cpns/pns"),
    "agency": ("instansi", "kode instansi", "instansi kerja"),
    "unit": ("unit kerja", "unor", "satker", "kode unit", "unit organisasi"),
    "position": ("jabatan", "nama jabatan"),
    "position_kind": ("jenis jabatan",),
    "superior": ("atasan", "nip atasan", "nip atasan langsung"),
    "time_zone": ("zona waktu", "zona"),
    "posting_since": ("tmt jabatan", "tmt unit", "tmt"),
    "contract_starts": ("mulai kontrak", "tmt kontrak", "awal kontrak"),
    "contract_ends": ("akhir kontrak", "selesai kontrak"),
    "provider": ("penyelenggara",),
    "account_home_page": ("home page", "alamat akun"),
    "account_name": ("akun", "nama akun", "username"),
}

_KINDS: Mapping[str, Kind] = {
    "pns": "pns",
    "cpns": "cpns",
    "pppk": "pppk",
    "p3k": "pppk",
    "pppkpenuhwaktu": "pppk",
    "pppkparuhwaktu": "pppk-part-time",
    "p3kparuhwaktu": "pppk-part-time",
    "pppkparttime": "pppk-part-time",
}
_STANDINGS: Mapping[str, Standing] = {
    "": "active",
    "aktif": "active",
    "active": "active",
    "cltn": "leave",
    "cuti": "leave",
    "cutidiluartanggungannegara": "leave",
    "leave": "leave",
    "tugasbelajar": "study",
    "study": "study",
    "dpk": "seconded",
    "dpb": "seconded",
    "diperbantukan": "seconded",
    "dipekerjakan": "seconded",
    "seconded": "seconded",
    "diberhentikansementara": "suspended",
    "pemberhentiansementara": "suspended",
    "suspended": "suspended",
    "pensiun": "ended",
    "berhenti": "ended",
    "diberhentikan": "ended",
    "kontrakselesai": "ended",
    "meninggal": "ended",
    "meninggaldunia": "ended",
    "wafat": "ended",
    "ended": "ended",
}
_POSITIONS: Mapping[str, PositionKind] = {
    "": "",
    "struktural": "structural",
    "structural": "structural",
    "jpt": "structural",
    "administrator": "structural",
    "pengawas": "structural",
    "fungsional": "functional",
    "jf": "functional",
    "functional": "functional",
    "pelaksana": "executing",
    "executing": "executing",
}
_ZONES: Mapping[str, str] = {"": "Asia/Jakarta", "wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}

_FILLER = re.compile(r"[\s_.\-/]+")


@lru_cache(maxsize=1_000)
def kind_of(cell: str) -> Kind:
    """Raises PeopleError."""
    found = _KINDS.get(_plain(cell))
    if found is None:
        raise PeopleError("this is one of: PNS, CPNS, PPPK, PPPK paruh waktu", where="kind")
    return found


@lru_cache(maxsize=1_000)
def standing_of(cell: str) -> Standing:
    """Raises PeopleError. An empty cell is active."""
    found = _STANDINGS.get(_plain(cell))
    if found is None:
        told = "aktif, CLTN, tugas belajar, diperbantukan, diberhentikan sementara, pensiun, berhenti, meninggal"
        raise PeopleError(f"this is one of: {told}", where="standing")
    return found


@lru_cache(maxsize=1_000)
def position_kind_of(cell: str) -> PositionKind:
    """Raises PeopleError."""
    found = _POSITIONS.get(_plain(cell))
    if found is None:
        raise PeopleError("this is one of: struktural, fungsional, pelaksana", where="position_kind")
    return found


@lru_cache(maxsize=1_000)
def zone_of(cell: str) -> str:
    """An IANA name; WIB, WITA and WIT by theirs, WIB for an empty cell. Whether it is one is checked with the posting."""
    return _ZONES.get(_plain(cell), cell)


def _plain(cell: str) -> str:
    return _FILLER.sub("", cell).casefold()

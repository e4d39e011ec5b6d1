"""Reasons in words: both languages say the same, and name rule, article and what is assumed."""

from __future__ import annotations

import doctest
import string
from datetime import date, timedelta

import pytest

import credentials.hours
from credentials.hours import DayOfLearning, balances
from credentials.hours.explain import step_in_words
from credentials.hours.steps import Step
from credentials.hours.words import SENTENCES
from tests.support.hours import PNS, PPPK, abroad, agency_table, line, only, row, switched, with_agency


def _fields(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("key", SENTENCES)
def test_both_languages_say_the_same_figures(key: str) -> None:
    indonesian, english = SENTENCES[key]
    assert _fields(indonesian) == _fields(english)
    assert indonesian != english


def test_a_capped_line_is_explained_whole() -> None:
    course = line(16, 8, "2026-04-30", "2026-05-02", "2026-05-03", id="kursus", claimed=10)
    first = line(16, 2, "2026-04-30", id="a")
    told = only(balances(PNS, switched(), [course, first])).lines[1]
    assert (told.approved, told.yields, told.counted) == (8, 8, 7)
    assert told.reason.id == (
        "Diklaim 10 JP; katalog menyetujui 8 JP dan menentukan. "
        "Paling banyak 3 JP tiap hari belajar (30 Apr, 2, 3 Mei 2026): 3 x 3 = 9 JP; dari 8 JP yang disetujui, 7 JP. "
        "Kegiatan lain dari jalur yang sama sudah memakai batas harian itu: -1 JP. "
        "Dasar: Lampiran Surat Sestama BPS B-031/BPS/2600/02/2019, jalur 16 (E-learning, dalam negeri) (tabel bps-2019.1). "
        "Anggapan: 2, 3, 9."
    )
    assert told.reason.en.endswith("channel 16 (E-learning, national) (table bps-2019.1). Assumed: 2, 3, 9.")
    assert told.flags == ("claim-above",)


def test_hours_over_the_ceiling_name_the_article() -> None:
    told = only(balances(PPPK, switched(), [line(3, 30, "2026-04-30")])).lines[0]
    assert "Batas 24 JP setahun kontrak (PP 49/2018 Pasal 40 ayat (1)-(2)): 24 JP dihitung, 6 JP di luar batas" in told.reason.id


def test_an_agencys_row_cites_its_decree_and_its_table() -> None:
    rules = with_agency(agency_table(row(24, "day", jp=3)))
    told = only(balances(PNS, rules, [line(24, 5, "2026-04-30")])).lines[0]
    assert told.rule == "dinas-a-tabel.1/24/national"
    assert "Dasar: SK Kepala Dinas 7/2026, jalur 24 (Bimbingan di tempat kerja, dalam negeri) (tabel dinas-a-tabel.1)." in told.reason.id


def test_an_uplift_names_its_assumption() -> None:
    told = only(balances(PNS, switched(), [abroad(3, 24, "2026-04-30")])).lines[0]
    assert "Ditambah 20 %, bagian jam menurut aturan: 24 JP menjadi 28 JP." in told.reason.id
    assert told.decisions == (4,)


def test_a_study_assignment_is_named_though_it_is_no_channel() -> None:
    told = only(balances(PNS, switched(), [line(0, 20, "2026-06-30")])).lines[0]
    assert "(Tugas belajar atau izin belajar, dalam negeri)" in told.reason.id


def test_what_waits_says_for_what() -> None:
    told = only(balances(PNS, switched(), [line(24, 5, "2026-04-30")])).lines[0]
    assert "Belum ada aturan untuk jalur dan lingkup ini: menunggu keputusan instansi." in told.reason.id
    assert (told.state, told.flags) == ("waiting", ("no-rule",))


def test_many_dates_are_cut() -> None:
    days = tuple(date(2026, 1, 28) + timedelta(days=number) for number in range(9))
    told = step_in_words(Step("each-day", {"each": 4, "days": 9, "dates": days, "jp": 36}))[1]
    assert "(28, 29, 30, 31 Jan, 1, 2 Feb 2026, and 3 more)" in told


def test_the_example_of_the_package_is_right() -> None:
    assert doctest.testmod(credentials.hours).failed == 0
    assert DayOfLearning(date(2026, 5, 2)).sessions == 1

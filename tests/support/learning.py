"""An invented programme and batch, for tests of the credential module."""

from __future__ import annotations

from datetime import date

from credentials.catalogue.model import Batch, Binding, Programme

HOME = "https://lms.contoh.test"
COURSE, QUIZ = f"{HOME}/course/view.php?id=7", f"{HOME}/mod/quiz/view.php?id=70"
PROVIDER = "balai"
PROGRAMME = Programme("pbj", 1, PROVIDER, "Pengadaan Barang dan Jasa", "Dasar-dasar pengadaan.", "Selesai dan lulus", 8)
BATCH = Batch(
    "pbj-1",
    "pbj",
    1,
    PROVIDER,
    "Angkatan I",
    date(2026, 11, 1),
    date(2026, 11, 30),
    "Asia/Jakarta",
    "course-completed-and-quiz-passed",
    (Binding("course", COURSE), Binding("quiz", QUIZ)),
)

"""The sentences in which a reason is told, in Indonesian and English. `{dates}` and the like are put in by `explain`, by language."""

from __future__ import annotations

# key of a step -> (Indonesian, English)
SENTENCES: dict[str, tuple[str, str]] = {
    # Hours to start from
    "minutes": (
        "{minutes} menit = {jp} JP ({per} menit tiap JP, bagian jam menurut aturan).",
        "{minutes} minutes = {jp} JP ({per} minutes each, part hours by the rule).",
    ),
    "claim-above": (
        "Diklaim {claimed} JP; katalog menyetujui {approved} JP dan menentukan.",
        "{claimed} JP were claimed; the catalogue approves {approved} JP and has authority.",
    ),
    "claim-below": (
        "Diklaim {claimed} JP; klaim yang lebih rendah tidak menurunkan {approved} JP dari katalog.",
        "{claimed} JP were claimed; a lower claim does not lower the catalogue's {approved} JP.",
    ),
    "claim-lowers": (
        "Diklaim {claimed} JP, kurang dari {approved} JP yang disetujui: yang lebih rendah dipakai.",
        "{claimed} JP were claimed, less than the {approved} JP approved: the lower figure is used.",
    ),
    # What the row says
    "programme": (
        "Jam program dihitung seperti disetujui: {jp} JP.",
        "The programme's hours count as approved: {jp} JP.",
    ),
    "most-per-day": (
        "Paling banyak {most} JP tiap hari belajar ({dates}): {days} x {most} = {room} JP; dari {approved} JP yang disetujui, {jp} JP.",
        "At most {most} JP for each day of learning ({dates}): {days} x {most} = {room} JP; of {approved} JP approved, {jp} JP.",
    ),
    "day-shared": (
        "Kegiatan lain dari jalur yang sama sudah memakai batas harian itu: -{jp} JP.",
        "Other events of the channel have used those days' most already: -{jp} JP.",
    ),
    "each-day": (
        "{each} JP untuk tiap hari yang diikuti ({dates}): {days} x {each} = {jp} JP.",
        "{each} JP for each day attended ({dates}): {days} x {each} = {jp} JP.",
    ),
    "each-semester": (
        "{each} JP untuk tiap semester (selesai {dates}): {days} x {each} = {jp} JP.",
        "{each} JP for each semester (finished {dates}): {days} x {each} = {jp} JP.",
    ),
    "day-taken": (
        "Hari yang sudah dihitung untuk kegiatan lain dari jalur yang sama ({dates}) tidak dihitung lagi: -{jp} JP.",
        "Days that count for another event of the channel already ({dates}) do not count again: -{jp} JP.",
    ),
    "each-session": (
        "{each} JP untuk tiap sesi ({dates}): {sessions} x {each} = {jp} JP.",
        "{each} JP for each session ({dates}): {sessions} x {each} = {jp} JP.",
    ),
    "each-session-day": (
        "{each} JP untuk tiap hari dengan sesi ({dates}): {sessions} x {each} = {jp} JP.",
        "{each} JP for each day with a session ({dates}): {sessions} x {each} = {jp} JP.",
    ),
    "month-full": (
        "Paling banyak {most} sesi sebulan, sesi di atas itu ({sessions}) tidak dihitung: -{jp} JP.",
        "At most {most} sessions a month, those above that ({sessions}) do not count: -{jp} JP.",
    ),
    "event": (
        "{jp} JP untuk kegiatan ini, berapa pun lamanya.",
        "{jp} JP for this event, whatever its length.",
    ),
    "month-cap": (
        "Paling banyak {most} JP sebulan dari jalur ini: -{jp} JP.",
        "At most {most} JP a month from this channel: -{jp} JP.",
    ),
    "year-cap": (
        "Paling banyak {most} JP setahun dari jalur ini: -{jp} JP.",
        "At most {most} JP a year from this channel: -{jp} JP.",
    ),
    "uplift": (
        "Ditambah {percent} %, bagian jam menurut aturan: {before} JP menjadi {jp} JP.",
        "Plus {percent} %, part hours by the rule: {before} JP become {jp} JP.",
    ),
    "no-days": (
        "Belum ada bukti hari belajar peserta sendiri, padahal jalur ini dihitung menurut hari atau sesi: 0 JP.",
        "There is no evidence of a day of the learner's own learning, and this channel counts by days or sessions: 0 JP.",
    ),
    # The year
    "ceiling": (
        "Batas {ceiling} JP setahun kontrak ({cite}): {counted} JP dihitung, {over} JP di luar batas, dicatat dan tidak dihitung.",
        "Ceiling of {ceiling} JP in a contract year ({cite}): {counted} JP count, {over} JP are over it, kept and not counted.",
    ),
    "ceiling-exempt": (
        "Batas {ceiling} JP ({cite}) tidak berlaku bagi jabatan ini.",
        "The ceiling of {ceiling} JP ({cite}) does not apply to this position.",
    ),
    "outside-ceiling": (
        "Belajar mandiri berada di luar batas {ceiling} JP ({cite}).",
        "Self-study is outside the ceiling of {ceiling} JP ({cite}).",
    ),
    # Not counted, or not yet
    "no-table": (
        "Belum ada aturan: tidak ada tabel nasional yang berlaku pada {on}.",
        "No rule yet: no national table was in force on {on}.",
    ),
    "no-rule": (
        "Belum ada aturan untuk jalur dan lingkup ini: menunggu keputusan instansi.",
        "There is no rule yet for this channel and scope: it waits for the agency's decision.",
    ),
    "no-rule-zero": (
        "Tidak ada baris untuk jalur dan lingkup ini: 0 JP.",
        "There is no row for this channel and scope: 0 JP.",
    ),
    "no-rule-programme": (
        "Tidak ada baris untuk jalur dan lingkup ini: jam yang disetujui dipakai.",
        "There is no row for this channel and scope: the approved hours are used.",
    ),
    "no-status": (
        "Status kepegawaian pada {on} belum diketahui: menunggu data kepegawaian.",
        "The person's status on {on} is not known: it waits for personnel data.",
    ),
    "no-contract": (
        "Kontrak PPPK yang berlaku pada {on} belum diketahui: menunggu data kepegawaian.",
        "No PPPK contract is known for {on}: it waits for personnel data.",
    ),
    "merged": (
        "Kegiatan yang sama sudah dihitung dari sumber yang lebih kuat (baris {line}).",
        "The same event counts already, from a stronger source (line {line}).",
    ),
    "repeat": (
        "Kursus yang sama sudah dihitung dalam tahun ini; menurut kebijakan yang berlaku hanya angkatan pertama yang dihitung.",
        "The same course counts in this year already; by the policy in force only the earliest batch counts.",
    ),
    "reversed": (
        "Baris ini dibatalkan ({why}).",
        "This line was taken back ({why}).",
    ),
}
BASED_ON = ("Dasar: {cite}, {place} (tabel {table}).", "Rule: {cite}, {place} (table {table}).")
ASSUMED = ("Anggapan: {numbers}.", "Assumed: {numbers}.")
MORE_DATES = ("dan {more} hari lain", "and {more} more")
SCOPES = {"national": ("dalam negeri", "national"), "international": ("internasional", "international")}
MONTHS = (
    ("Jan", "Jan"),
    ("Feb", "Feb"),
    ("Mar", "Mar"),
    ("Apr", "Apr"),
    ("Mei", "May"),
    ("Jun", "Jun"),
    ("Jul", "Jul"),
    ("Agu", "Aug"),
    ("Sep", "Sep"),
    ("Okt", "Oct"),
    ("Nov", "Nov"),
    ("Des", "Dec"),
)

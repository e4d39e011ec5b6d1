// Opens a signed note with Go's own implementation of the format, and prints its text.
// Arguments: one verifier key, or several. The note comes on standard input.
package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	content, err := io.ReadAll(os.Stdin)
	fail(err)
	var verifiers []note.Verifier
	for _, text := range os.Args[1:] {
		verifier, err := note.NewVerifier(text)
		fail(err)
		verifiers = append(verifiers, verifier)
	}
	opened, err := note.Open(content, note.VerifierList(verifiers...))
	fail(err)
	if len(opened.Sigs) != len(verifiers) {
		fail(fmt.Errorf("%d of %d keys have signed", len(opened.Sigs), len(verifiers)))
	}
	var origin, root string
	var size int64
	_, err = fmt.Sscanf(opened.Text, "%s\n%d\n%s\n", &origin, &size, &root)
	fail(err)
	hash, err := tlog.ParseHash(root)
	fail(err)
	fmt.Printf("%s %d %x\n", origin, size, hash[:])
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

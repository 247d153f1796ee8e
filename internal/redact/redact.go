// Package redact replaces what must not leave the house in captured callbacks: ids, stream keys, signatures, hosts and
// paths. Everything else stays to the byte, and what is replaced keeps its form, so that a redacted capture shows the
// same findings and the same lives of tasks as the real one.
//
//	counts, err := redact.Stream(ctx, key, capture, os.Stdout, leftOut)
//	out, err := redact.New(key).Body(body)
//
// A pseudonym depends on the key and the word alone: equal words get equal pseudonyms, in every member, body and run with
// the same key, and different words of one form get different ones. Without the key nobody can go back; but pseudonyms
// are not encryption: whoever knows the traffic may recognise a task by when it ran and what it did.
//
// The package opens no files; what a body means it knows from the vendor's page only (package schema).
package redact

import (
	"errors"
	"fmt"
	"strings"

	"github.com/relaycheck/relaycheck/schema"
)

// A Redactor replaces words by the pseudonyms of one key. It is for one goroutine at a time.
type Redactor struct {
	words     *pseudonyms
	validator *schema.Validator
}

// New makes a Redactor. The key may be of any length; 16 random bytes are enough.
func New(key []byte) *Redactor {
	return &Redactor{words: newPseudonyms(key), validator: schema.NewValidator()}
}

// ErrNotJSON says that a body is no JSON, so that nobody can tell what in it must not be shown.
var ErrNotJSON = errors.New("it is no JSON, so what must not be shown cannot be found in it")

// A ChangedError says that a body would not be judged as before, and so was not redacted.
type ChangedError struct {
	Before, After string // what is said of it
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf("redacted it would be judged otherwise: %s before, %s after", e.Before, e.After)
}

// Body redacts one body. The result is judged as the body is, under every edition: the same verdict, codes and pointers;
// a body of which that is not so is a *ChangedError, and one that is no JSON is ErrNotJSON.
func (r *Redactor) Body(body []byte) ([]byte, error) {
	out, _, err := r.body(body)
	return out, err
}

// body is Body, and says which kind of callback it was, if any.
func (r *Redactor) body(body []byte) ([]byte, schema.Kind, error) {
	p := pass{names: r.words}
	out, err := p.document(string(body))
	if err != nil {
		return nil, "", err
	}
	before, kind := r.judged(body)
	after, _ := r.judged([]byte(out))
	if before != after {
		return nil, kind, &ChangedError{Before: before, After: after}
	}
	return []byte(out), kind, nil
}

// judged is what is said of a body, without the values that it has.
func (r *Redactor) judged(body []byte) (string, schema.Kind) {
	rep := r.validator.Validate(body, schema.Options{MaxBytes: -1})
	var s strings.Builder
	s.WriteString(string(rep.Verdict))
	for _, e := range rep.Editions {
		s.WriteString(" " + string(e))
	}
	for _, v := range rep.Violations {
		s.WriteString(" " + v.Code + " " + v.Pointer)
	}
	return s.String(), rep.Kind
}

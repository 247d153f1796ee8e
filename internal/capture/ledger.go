package capture

import "fmt"

// A LostError is a mistake of this package: bytes of a source were neither handed out nor told of. It ends the reading.
type LostError struct {
	Source   string
	From, To int64 // offsets; some bytes between them are lost, or were counted twice
}

func (e *LostError) Error() string {
	return fmt.Sprintf("internal error: of %s, bytes %d to %d were not all accounted for; please report this", e.Source, e.From, e.To)
}

// A ledger accounts for every byte and every line of a source: it belongs to a document, or to the white space and
// brackets around documents.
type ledger struct {
	told    int64     // offset behind the last document that was handed out
	around  int64     // bytes since then that belong to none
	covered int       // the last line that a document has, from 1; 0 at first
	without int       // lines before that which no document has
	dropped *position // of a document that is not handed out as the source failed in it: the failure stands for it
}

// settle accounts for what was read up to here, of which the document at hand has what is behind from. It counts the
// lines that are the document's and of no document before.
func (in *input) settle(name string, from position) (lines int, err error) {
	if in.dropped != nil {
		from, in.dropped = *in.dropped, nil
	}
	if from.offset-in.told != in.around {
		return 0, &LostError{Source: name, From: in.told, To: in.offset}
	}
	in.told, in.around = in.offset, 0
	if from.offset == in.offset {
		return 0, nil
	}
	last := in.last()
	if from.line > in.covered {
		in.without += from.line - in.covered - 1
		in.covered = from.line - 1
	}
	lines = last - in.covered
	in.covered = last
	return lines, nil
}

// last is the line of the last byte that was taken or skipped; 0 before the first.
func (p position) last() int {
	if p.offset > p.lineStart {
		return p.line
	}
	return p.line - 1
}

// close accounts for what stands behind the last document, and tells how many lines the source has.
func (in *input) close(name string) (lines int, err error) {
	if in.offset-in.told != in.around {
		return 0, &LostError{Source: name, From: in.told, To: in.offset}
	}
	in.told, in.around = in.offset, 0
	in.without += in.last() - in.covered
	in.covered = in.last()
	return in.covered, nil
}

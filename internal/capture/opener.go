package capture

// An open takes the bodies out of a document of a source, and appends them. What cannot be opened is a document with an Err.
type open func(o *Opener, doc Document, to []Document) []Document

// An Opener takes the bodies out of the documents that a Reader handed out as they stand in the source (Options.Unopened),
// so that more than one processor can do that. It is for one goroutine; give each worker its own. The zero value is ready.
type Opener struct {
	counts Counts
	docs   []Document

	// The memory of the body at hand, and of what is unpacked on the way to it and to its time.
	body, text, outer, stamp memory
}

// Open is what a document holds: nothing if it is without a body, and itself if there is nothing to open. The documents
// and their bodies are valid until the next call, and as long as the body of the document is.
func (o *Opener) Open(doc Document) []Document {
	o.docs = o.docs[:0]
	if !doc.Unopened() {
		o.docs = append(o.docs, doc)
		return o.docs
	}
	opens := doc.open
	doc.open = nil
	if o.docs = opens(o, doc, o.docs); len(o.docs) == 0 {
		o.counts.Without += doc.Lines
	}
	return o.docs
}

// Counts tells what was met since it was asked last. A Reader does not count what others open: the whole is its own Counts,
// merged with those of all Openers. There Lines and Documents are 0: those are the Reader's to count.
func (o *Opener) Counts() Counts {
	c := o.counts
	o.counts = Counts{}
	return c
}

// Unopened reports whether the body of the document has still to be taken out of it, by an Opener.
func (d *Document) Unopened() bool { return d.open != nil && d.Err == nil }

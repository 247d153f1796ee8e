package validate

import (
	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/internal/shape"
	"github.com/relaycheck/relaycheck/schema"
)

// gather takes a document into the shape of the capture, if anybody asks for that. Of one that could not be read there is no
// report.
func (b *batch) gather(doc *capture.Document, report *schema.Report) {
	if b.shape == nil {
		return
	}
	at := shape.Place{
		Input: b.input, Source: doc.Source, Line: doc.Line, Offset: doc.Offset, Within: doc.Within, Arrived: doc.Arrived,
	}
	if report == nil {
		b.shape.Unread(at)
		return
	}
	b.shape.Add(at, doc.Body, report)
}

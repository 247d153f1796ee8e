package observe

import (
	"context"
	"fmt"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe/expression"
	"github.com/relaycheck/relaycheck/suite/target"
)

// A source is one kind of place to look at.
type source interface {
	look(ctx context.Context, id Identity) (view, error)
	close() error
}

// A view is what a source showed of one task.
type view struct {
	env      expression.Env
	raw      []byte
	number   func() (int, error)         // the count that the view itself is; nil if it is none
	standard func() (judge.Facts, error) // the facts in the standard shape; nil if the kind has none
}

// open makes the source that the target file describes.
func open(ctx context.Context, s target.Source) (source, error) {
	switch s.Kind {
	case target.KindHTTP:
		return openHTTP(s.HTTP), nil
	case target.KindSQL:
		return openSQL(s.SQL, s.Timeout)
	case target.KindRedis:
		return openRedis(s.Redis)
	case target.KindCommand:
		return &command{spec: s.Command}, nil
	case target.KindFile:
		return openFile(s.File)
	case target.KindSink:
		return openSink(ctx, s.Sink)
	}
	return nil, fmt.Errorf("there is no kind of observer %q", s.Kind)
}

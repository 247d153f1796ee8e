package receiver

import (
	"context"
	"encoding/json"
	"net/http"
)

// stages are the steps of the receiver, in the order in which a callback meets them. The reference fills in its own
// (see reference); a seeded bug replaces or wraps one or two. Nothing else tells a buggy receiver from the reference.
type stages struct {
	// receive is one request to Path, from its head to its answer.
	receive http.HandlerFunc
	// admit looks at the head of the request only.
	admit func(req *http.Request) error
	// read gives the whole body.
	read func(w http.ResponseWriter, req *http.Request) ([]byte, error)
	// take makes of a body what it means and lets that have its effect; nil means that it was taken.
	take func(ctx context.Context, body []byte) error
	// answer turns the outcome of the above into the answer. A nil outcome is success.
	answer func(w http.ResponseWriter, req *http.Request, outcome error)

	// parse is the first decode: the members of the outer object.
	parse func(body []byte) (members, error)
	// kind reads event_type.
	kind func(outer members) (int64, error)
	// other takes a callback that is not about a relay task.
	other func(ctx context.Context, kind int64, outer members) error
	// verify checks sign and t.
	verify func(outer members) error
	// event reads a relay callback.
	event func(outer members) (event, error)

	// account reads appid, however it is spelled.
	account func(outer members) (int64, error)
	// sources is the second decode of source_urls.
	sources func(text string) ([]string, error)
	// message is the second decode of msg.
	message func(text string) (members, error)
	// identifier reads task_id and stream_id; "" where there is none.
	identifier func(name string, raw json.RawMessage) (string, error)
	// integer reads a whole number, written as number or as text; nil where there is none.
	integer func(name string, raw json.RawMessage) (*int64, error)
	// text reads a string; nil where there is none.
	text func(name string, raw json.RawMessage) (*string, error)

	// identity is what makes two deliveries the same callback.
	identity func(e event) string
	// keep stores an event, once, and says when it is stored.
	keep func(ctx context.Context, e event) error
	// load gives the events of a task in the order of their arrival.
	load func(ctx context.Context, taskID string) ([]event, error)
	// derive works out what the events of one task tell.
	derive func(events []event) facts
}

// reference gives the steps of the correct receiver.
func (r *Receiver) reference() stages {
	return stages{
		receive:    r.receiveCallback,
		admit:      admitCallback,
		read:       r.readBody,
		take:       r.takeCallback,
		answer:     r.answerCallback,
		parse:      parseObject,
		kind:       readKind,
		other:      func(context.Context, int64, members) error { return nil },
		verify:     func(outer members) error { return r.verifySign(outer, r.cfg.Now()) },
		event:      r.readEvent,
		account:    readAccount,
		sources:    readSources,
		message:    readMessage,
		identifier: readIdentifier,
		integer:    readInteger,
		text:       readText,
		identity:   identify,
		keep:       r.keepEvent,
		load:       func(ctx context.Context, taskID string) ([]event, error) { return r.store.load(ctx, taskID) },
		derive:     deriveFacts,
	}
}

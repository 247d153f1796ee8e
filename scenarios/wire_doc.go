package scenarios

import (
	"github.com/relaycheck/relaycheck/internal/strict"
)

// How a request is written. None of it changes what the callback says, except msg: object and event_time.
type wireDoc struct {
	// The Content-Type header, for example application/json; charset=utf-8. Empty sends none.
	ContentType *strict.At[string] `yaml:"content_type"`
	// The request method. Default: POST.
	Method *strict.At[string] `yaml:"method"`
	// Transfer-Encoding: chunked instead of Content-Length.
	Chunked *bool `yaml:"chunked"`
	// Bytes per chunk.
	ChunkSize *strict.At[strict.Size] `yaml:"chunk_size"`
	// On a new connection.
	Fresh *bool `yaml:"fresh"`
	// Order of the header lines.
	HeaderOrder *headerOrder `yaml:"header_order"`
	// Case of the header names.
	HeaderCase *headerCase `yaml:"header_case"`
	// Header lines to add.
	Headers strict.Map[string] `yaml:"headers"`
	// Order of the JSON members.
	KeyOrder *keyOrder `yaml:"key_order"`
	// White space in the JSON.
	Whitespace *whitespace `yaml:"whitespace"`
	// unicode: \u escapes for all but letters and digits. slashes: \/ for /.
	Escapes *escapes `yaml:"escapes"`
	// Spelling of the key: both are documented.
	AppID *appidKey `yaml:"appid"`
	// How code and index are written: both are documented.
	Numbers *numbers `yaml:"numbers"`
	// string: JSON within a text, as documented. object: not documented anywhere.
	Msg *msgForm `yaml:"msg"`
	// Whether event_time is there, and how it is written.
	EventTime *eventTime `yaml:"event_time"`
	// Bytes per write.
	WriteSize *strict.At[strict.Size] `yaml:"write_size"`
	// Pause between two writes; not scaled.
	WritePause *strict.Duration `yaml:"write_pause"`
	// Close our side of the connection once the request is written.
	HalfClose *bool `yaml:"half_close"`

	Keys strict.Keys
	Pos  strict.Pos
}

type (
	headerOrder string
	headerCase  string
	keyOrder    string
	whitespace  string
	escapes     string
	appidKey    string
	numbers     string
	msgForm     string
	eventTime   string
)

func (headerOrder) Values() []string { return []string{"reverse"} }
func (headerCase) Values() []string  { return []string{"lower"} }
func (keyOrder) Values() []string    { return []string{"reverse", "shuffled", "sorted"} }
func (whitespace) Values() []string  { return []string{"compact", "pretty", "wild"} }
func (escapes) Values() []string     { return []string{"minimal", "unicode", "slashes"} }
func (appidKey) Values() []string    { return []string{"appid", "appId"} }
func (numbers) Values() []string     { return []string{"number", "text"} }
func (msgForm) Values() []string     { return []string{"string", "object"} }
func (eventTime) Values() []string   { return []string{"absent", "text", "number"} }

// Damage to the encoded bytes of a callback. Several kinds are done in the order in which they stand here.
type mangleDoc struct {
	// An unknown member nested so many levels deep is put in.
	Nest *strict.At[int] `yaml:"nest"`
	// An unknown member brings the body to this size, for example 10MB.
	Pad *strict.At[strict.Size] `yaml:"pad"`
	// The member comes a second time, with another value.
	RepeatKey *strict.At[string] `yaml:"repeat_key"`
	// The first occurrence of a text is replaced.
	Replace *replaceDoc `yaml:"replace"`
	// So much is kept from the beginning: a number of bytes, or a share such as 60%.
	Cut *strict.At[strict.Cut] `yaml:"cut"`
	// Bytes put before.
	Prepend *strict.Bytes `yaml:"prepend"`
	// Bytes put after.
	Append *strict.Bytes `yaml:"append"`

	Keys strict.Keys
	Pos  strict.Pos
}

// One text for another.
type replaceDoc struct {
	// The text to look for in the encoded body.
	From strict.At[string] `yaml:"from" strict:"required"`
	// What takes its place.
	To strict.Bytes `yaml:"to" strict:"required"`
}

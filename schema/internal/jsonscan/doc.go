// Package jsonscan reads one JSON text strictly (RFC 8259) and keeps what encoding/json throws away: where everything
// stands, names that occur twice, broken UTF-8, half surrogates, a byte order mark, bytes after the end.
//
//	doc, err := jsonscan.Scan(body)   // err: not JSON at all
//	doc.Faults                        // JSON, but not clean
//	doc.Members                       // of the outermost object, with offsets
//
// It keeps the outermost object or array only: deeper values are checked to the last byte but not stored. Time is in
// proportion to the text's length, whatever is in it; memory is bounded by MaxEntries and the longest name. It never
// panics.
package jsonscan

// MaxDepth is how deep a text may nest; the outermost array or object is depth 1. Callbacks need 1, the deepest
// documented sample of the family 6; 64 leaves room for anything honest and keeps the recursion shallow.
const MaxDepth = 64

// MaxEntries is how many members an object, or items an array, may have. A callback has a dozen members and at most 30
// source URLs; whoever sends more than ten thousand wants memory and time, not a relay.
const MaxEntries = 10_000

// MaxFaults is how many faults of a text are kept; the rest is counted. Nobody reads more, and a hostile body could
// have one every few bytes.
const MaxFaults = 1000

// A Kind is the type of a JSON value.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// A Value is where a value stands: Src[Start:End].
type Value struct {
	Kind       Kind
	Plain      bool // a string that stands for itself: nothing escaped, nothing broken
	Start, End int
}

// A Member is one member of the outermost object.
type Member struct {
	Key      []byte // decoded
	KeyStart int    // offset of the key's opening quote
	Value    Value
}

// A Doc is a scanned text. Its memory can be used for another one: Doc.Scan.
type Doc struct {
	Src     []byte
	Root    Value
	Members []Member // of the root, where it is an object; a repeated name stands here as often as in the text
	Items   []Value  // of the root, where it is an array

	Faults  []Fault // in the order in which they were met, at most MaxFaults
	Omitted int     // faults beyond MaxFaults

	path   []step // to where the scanner is
	names  nameStack
	coined []byte // names that were escaped, decoded
}

// A FaultKind says what is wrong with a text that can be read nevertheless.
type FaultKind uint8

// The fault kinds.
const (
	BOM           FaultKind = iota // a byte order mark before the text
	Trailing                       // bytes other than white space after the text
	InvalidUTF8                    // in a string; one per string
	LoneSurrogate                  // half of a \u surrogate pair; one per string
	Duplicate                      // a name a second time in one object; one per name and object
	WildNumber                     // a number longer than MaxNumber or with an exponent beyond MaxExponent
)

// A Fault is one thing that is wrong with a text that can be read nevertheless.
type Fault struct {
	Kind    FaultKind
	Pointer string // JSON Pointer of the value, or of the member whose name it is
	Offset  int    // of the first byte that is wrong
	Detail  string // the repeated name, cut
}

// A SyntaxError says why a text is not JSON.
type SyntaxError struct {
	Offset  int
	Message string // such as "expected a comma or } but found a quotation mark"
	Empty   bool   // nothing but white space
	Deep    bool   // deeper than MaxDepth; what follows was not read
	Many    bool   // more than MaxEntries in one array or object; what follows was not read
	Cut     bool   // what is there could be the beginning of a JSON text
}

func (e *SyntaxError) Error() string { return e.Message }

package strict

// An At is a value with its place.
type At[T any] struct {
	Value T
	Pos   Pos
}

// DecodeYAML implements [Unmarshaler].
func (a *At[T]) DecodeYAML(n Node) {
	a.Pos = n.Pos()
	n.Decode(&a.Value)
}

// Inner gives a pointer to the value, for those who describe types.
func (a *At[T]) Inner() any { return &a.Value }

// A Map is a mapping with free keys, in the order of the file.
type Map[T any] []Entry[T]

// An Entry is a key of a [Map] and its value.
type Entry[T any] struct {
	Key      string
	KeyPos   Pos
	ValuePos Pos
	Value    T
}

// DecodeYAML implements [Unmarshaler].
func (m *Map[T]) DecodeYAML(n Node) {
	n.EachKey(func(key string, at Pos, value Node) {
		e := Entry[T]{Key: key, KeyPos: at, ValuePos: value.Pos()}
		value.Decode(&e.Value)
		*m = append(*m, e)
	})
}

// Element gives a pointer to a new element, for those who describe types.
func (m *Map[T]) Element() any { return new(T) }

// Get finds the value of a key.
func (m Map[T]) Get(key string) (T, bool) {
	for _, e := range m {
		if e.Key == key {
			return e.Value, true
		}
	}
	var zero T
	return zero, false
}

// Keys are the places of a mapping's keys and values, by key. Keys that the struct does not take are among them.
type Keys map[string]Place

// A Place is where a key and its value are.
type Place struct {
	Key   Pos
	Value Pos
}

// Has reports whether the mapping has the key.
func (k Keys) Has(key string) bool { _, ok := k[key]; return ok }

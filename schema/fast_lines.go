package schema

// Lines validates texts of one callback on each line, as far as it takes next to nothing: it knows the callbacks that are plainly
// valid and of a shape that its Validator met before. What it does not know has to be given to the Validator.
//
//	v := schema.NewValidator()
//	lines := v.Lines(opts)
//	for len(text) > 0 {
//		form, n := lines.Next(text)
//		if form < 0 {
//			n = bytes.IndexByte(text, '\n') // or what else ends the line
//			report = v.Validate(text[:n], opts)
//		}
//		text = text[n+1:]
//	}
type Lines struct {
	shapes *shapeCache
	plan   plan
}

// Lines begins to read lines with these options. They share what the Validator remembers, and are for the same goroutine.
func (v *Validator) Lines(opts Options) *Lines {
	l := &Lines{shapes: &v.shapes, plan: newPlan(opts)}
	if opts.NoFastPath {
		l.plan = plan{}
	}
	return l
}

// Next reads the line that text begins with. Where that is a plainly valid callback, form is the number of its report, below
// PlainForms, and n is the length of the line without its end. Where form is negative nothing is known about the line, not
// even its length.
//
// Behind a line there have to be 64 bytes of memory, be they more of text or capacity beyond its length, for anything to be
// known about it. What they are bears on nothing.
func (l *Lines) Next(text []byte) (form, n int) {
	f, n := l.shapes.begin(text)
	if n <= 0 || n >= len(text) || text[n] != '\n' || n > l.plan.limit {
		return -1, 0
	}
	form = f.number()
	if l.plan.reports[form].Editions == nil {
		return -1, 0
	}
	return form, n
}

// Report is what Validate reports about the lines of a form. It is the same for all of them: do not change it.
func (l *Lines) Report(form int) *Report { return &l.plan.reports[form] }

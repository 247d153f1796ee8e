// Package expression evaluates the small expressions of a target file: what of a look at the receiver is which fact.
//
// The language is expr (https://expr-lang.org). An expression is compiled against the vocabulary of its kind of
// observer, so a misspelt name is found when the target file is loaded:
//
//	p, err := expression.Compile(`body?.exit?.code`, expression.HTTP)
//	…
//	v, err := p.Run(expression.Env{"status": 200, "body": body}) // v is nil where there is no such thing
//
// Absent things give nothing, never an error: a member of a body that is not there, an element beyond the end of a
// list, arithmetic with a null. A key that an object lacks is nil, and can be compared and given a default. The one exception is a column that a query does not return: its rows are known, so a
// name that is not among them is a mistake in the target file, and the error lists the columns there are.
//
// Numbers stay exact. A JSON integer within 64 bits is an integer, a decimal that a float64 holds exactly is a
// float, and any other number passes through untouched, as json.Number.
//
// The package performs no I/O and reads no clock.
package expression

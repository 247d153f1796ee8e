package schema

import "slices"

// The codes. A code keeps its meaning for good; one that is no longer used is not given to anything else.
const (
	codeEmpty      = "RC1001"
	codeTooLong    = "RC1002"
	codeBOM        = "RC1003"
	codeSyntax     = "RC1004"
	codeTrailing   = "RC1005"
	codeUTF8       = "RC1006"
	codeSurrogate  = "RC1007"
	codeDuplicate  = "RC1008"
	codeDeep       = "RC1009"
	codeWildNumber = "RC1010"
	codeNotObject  = "RC1011"
	codeMany       = "RC1012"

	codeNoEventType    = "RC1101"
	codeEventTypeType  = "RC1102"
	codeOtherEventType = "RC1103"
	codeSibling        = "RC1104"
	codeMissing        = "RC1105"
	codeType           = "RC1106"

	codeMsgNotText   = "RC1201"
	codeMsgNotJSON   = "RC1202"
	codeMsgNotObject = "RC1203"
	codeMsgMissing   = "RC1204"
	codeMsgType      = "RC1205"

	codeURLsNotText  = "RC1301"
	codeURLsNotJSON  = "RC1302"
	codeURLsNotArray = "RC1303"
	codeURLType      = "RC1304"

	codeUnknownKey    = "RC1401"
	codeUnknownMember = "RC1402"
	codeEarlyTime     = "RC1403"
	codeUnknownEvent  = "RC1404"
	codeTableType     = "RC1405"
	codeTableMissing  = "RC1406"
	codeTableValue    = "RC1407"
	codeNegative      = "RC1408"
	codeHuge          = "RC1409"
	codeNotWhole      = "RC1410"
	codeSigned        = "RC1411"

	codeOptions  = "RC1901"
	codeInternal = "RC1902"
)

// A Code is an entry of the catalogue of violations.
type Code struct {
	ID          string  `json:"id"`       // "RC1008"
	Severity    Verdict `json:"severity"` // Warning or Error
	Strict      Verdict `json:"strict"`   // the severity in the documented reading
	Title       string  `json:"title"`
	Explanation string  `json:"explanation"`
	Source      string  `json:"source"` // page and edition, or whose rule it is
	Mend        string  `json:"mend"`   // what to do about it
}

// Codes is the catalogue of violations, sorted by id.
func Codes() []Code { return slices.Clone(catalogue) }

// Explain is the entry of one code, such as "RC1008".
func Explain(id string) (Code, bool) {
	i, ok := slices.BinarySearchFunc(catalogue, id, func(c Code, id string) int {
		switch {
		case c.ID < id:
			return -1
		case c.ID > id:
			return 1
		default:
			return 0
		}
	})
	if !ok {
		return Code{}, false
	}
	return catalogue[i], true
}

package schemagen

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// comments are those of types ("document") and of their fields ("document.Title").
type comments map[string]string

// readComments reads the comments of all struct types in the Go files of a folder.
func readComments(dir string) (comments, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("list the Go files of %s: %w", dir, err)
	}
	out := comments{}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("read the comments of %s: %w", name, err)
		}
		for _, decl := range file.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
				out.add(gen)
			}
		}
	}
	return out, nil
}

func (c comments) add(gen *ast.GenDecl) {
	for _, spec := range gen.Specs {
		t, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		doc := t.Doc
		if doc == nil {
			doc = gen.Doc
		}
		if other, isName := t.Type.(*ast.Ident); isName {
			c.alias(t.Name.Name, other.Name)
		}
		s, isStruct := t.Type.(*ast.StructType)
		if !isStruct {
			continue
		}
		if text := plain(doc); !strings.HasPrefix(text, t.Name.Name+" ") { // that is for readers of the code
			c[t.Name.Name] = text
		}
		for _, f := range s.Fields.List {
			for _, name := range f.Names {
				c[t.Name.Name+"."+name.Name] = plain(f.Doc)
			}
		}
	}
}

// aliasOf marks a type that has the fields of another: its key is the name, its comment the other's name.
const aliasOf = "type "

func (c comments) alias(name, other string) { c[aliasOf+name] = other }

// of finds the comment of a type's field, or of the type itself where field is "".
func (c comments) of(name, field string) string {
	if other, isAlias := c[aliasOf+name]; isAlias {
		name = other
	}
	if field == "" {
		return c[name]
	}
	return c[name+"."+field]
}

// plain is a comment in one line.
func plain(g *ast.CommentGroup) string { return strings.Join(strings.Fields(g.Text()), " ") }

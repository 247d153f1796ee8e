package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/relaycheck/relaycheck/suite"
)

func newVersionCommand(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the suite and the digest of its catalogue",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			digest, err := suite.CatalogueDigest()
			if err != nil {
				return exit(exitEnvironment, err)
			}
			if asJSON {
				return json.NewEncoder(a.out).Encode(map[string]string{
					"version": suite.Version(), "catalogue_digest": digest, "go": runtime.Version(),
				})
			}
			_, err = fmt.Fprintf(a.out, "relaycheck %s (catalogue %.12s, %s %s/%s)\n",
				suite.Version(), digest, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

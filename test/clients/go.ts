// oapi-codegen: a Go client of all operations. Without skip-prune it forgets what only webhooks name.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, described, has, tool, write } from './tools.ts'

const generator = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2'

const program = `package main

import (
	"context"
	"net/http"
	"os"
	"strings"

	"client/api"
)

func main() {
	key, ctx := os.Getenv("KEY"), context.Background()
	authorized := api.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+key+"."+os.Getenv("SECRET"))
		return nil
	})
	c, err := api.NewClientWithResponses(os.Getenv("HALFTONE"), authorized)
	check(err == nil, "client")
	account, err := c.GetAccountWithResponse(ctx)
	check(err == nil && account.JSON200 != nil && account.JSON200.Key.Id == key, "account")
	made, err := c.CreateKeyWithResponse(ctx, api.NewKey{Scopes: []api.NewKeyScopes{"usage"}})
	check(err == nil && made.JSON201 != nil, "key")
	same, err := c.ChangeKeyWithResponse(ctx, made.JSON201.Id, api.KeyChange{})
	check(err == nil && same.JSON200 != nil && same.JSON200.Revoked == nil, "change of nothing")
	body := strings.NewReader("hello")
	kept, err := c.UploadWithBodyWithResponse(ctx, &api.UploadParams{}, "application/octet-stream", body)
	check(err == nil && kept.JSON201 != nil && kept.JSON201.Bytes == 5 && kept.JSON201.Picture == nil, "upload")
}

func check(isFine bool, what string) {
	if !isFine {
		panic(what)
	}
}
`

export const go: Client = async (place) => {
  if (!has('go', 'version')) return 'skipped, there is no go'
  await described(place)
  mkdirSync(join(place.dir, 'api'))
  write(place, 'go.mod', 'module client\n\ngo 1.24\n')
  write(place, 'main.go', program)
  const options = ['-generate', 'types,client,skip-prune', '-package', 'api', '-o', 'api/api.go']
  tool(place, 'go', ['run', generator, ...options, 'openapi.json'])
  tool(place, 'go', ['mod', 'tidy'])
  tool(place, 'go', ['run', '.'])
  return undefined
}

// openapi-python-client: a package of all operations. And pyuploadcare, Uploadcare's own client.
import { type Client, described, has, type Place, tool, write } from './tools.ts'

const generated = `
import os
from halftone_client import AuthenticatedClient
from halftone_client.api.account import get_account, create_key, change_key
from halftone_client.api.files import upload, find_files
from halftone_client.models import KeyChange, NewKey, UploadFilesBody
from halftone_client.types import File
from io import BytesIO

token = os.environ['KEY'] + '.' + os.environ['SECRET']
client = AuthenticatedClient(base_url=os.environ['HALFTONE'], token=token)
account = get_account.sync(client=client)
assert account.key.id == os.environ['KEY'] and account.key.revoked is None
made = create_key.sync(client=client, body=NewKey.from_dict({'scopes': ['usage'], 'name': 'made'}))
assert change_key.sync(client=client, id=made.id, body=KeyChange()).name == 'made'
sent = UploadFilesBody(file=File(payload=BytesIO(b'hello'), file_name='a.txt', mime_type='text/plain'))
kept = upload.sync(client=client, body=sent)
assert kept.bytes_ == 5 and kept.picture is None and kept.removed is None
assert str(find_files.sync(client=client).items[0].id) == str(kept.id)
`

const uploadcare = `
import os
from urllib.request import Request, urlopen
from pyuploadcare import Uploadcare

base, key, secret = os.environ['HALFTONE'], os.environ['KEY'], os.environ['SECRET']
slash = base + '/'
client = Uploadcare(public_key=key, secret_key=secret, upload_base=slash, api_base=slash, cdn_base=slash)

def kept(file):
    headers = {'authorization': f'Bearer {key}.{secret}'}
    return urlopen(Request(f'{base}/v1/files/{file.uuid}/content', headers=headers)).read()

files = []
# The second is sent in parts.
for size in (100_000, 12_345_678):
    with open('sent.bin', 'wb') as out:
        out.write(os.urandom(size))
    with open('sent.bin', 'rb') as sent:
        files.append(client.upload(sent))
    assert kept(files[-1]) == open('sent.bin', 'rb').read()
assert len(client.create_file_group(files)) == 2
first = files[0]
first.store()
assert first.is_stored and first.is_ready
client.metadata_api.update_or_create_key(first.uuid, 'order', '1234')
assert client.metadata_api.get_all_metadata(first.uuid) == {'order': '1234'}
first.create_local_copy(store=True)
hook = client.create_webhook('https://example.com/in', event='file.uploaded')
client.update_webhook(hook, is_active=False)
client.delete_webhook(hook)
first.delete()
assert client.file(first.uuid).is_removed
`

async function inVenv(place: Place, packages: readonly string[]): Promise<string | undefined> {
  if (!has('python3', '-m', 'venv', '--help')) return 'skipped, there is no python3 with venv'
  tool(place, 'python3', ['-m', 'venv', 'venv'])
  tool(place, 'venv/bin/pip', ['install', '--quiet', ...packages])
  return undefined
}

export const python: Client = async (place) => {
  const skipped = await inVenv(place, ['openapi-python-client==0.29.1'])
  if (skipped) return skipped
  await described(place)
  const asked = ['generate', '--path', 'openapi.json', '--output-path', 'client', '--meta', 'setup']
  tool(place, 'venv/bin/openapi-python-client', asked)
  write(place, 'use.py', generated)
  tool(place, 'venv/bin/python', ['use.py'], { PYTHONPATH: 'client' })
  return undefined
}

export const pyuploadcare: Client = async (place) => {
  const skipped = await inVenv(place, ['pyuploadcare==6.3.0'])
  if (skipped) return skipped
  write(place, 'use.py', uploadcare)
  tool(place, 'venv/bin/python', ['use.py'])
  return undefined
}

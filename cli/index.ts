// The command line: `halftone` serves; `check`, `explain` and `sign` answer a question and end.
import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { describeDefault } from '../config/machine.ts'
import { roles, settings } from '../config/settings.ts'
import { ConfigFault, readConfig } from '../config.ts'
import { asFailure, Failure } from '../errors.ts'
import { origins } from './migration.ts'
import { choices as optimiseChoices } from './optimise-options.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

// A command loads what it needs when it is called: a server has no use for what the others need.
const program = new Command('halftone')
  .description(
    'An image CDN in one process or many: picture URLs with options go in, the right picture comes out.',
  )
  .version(version)
  .option('-c, --config <file>', 'configuration file (default: ./halftone.config.ts, if there is one)')
  .configureHelp({ showGlobalOptions: true })
  .addHelpText(
    'after',
    () => `\nEnvironment (each may also be set in the configuration file):\n${settingLines()}`,
  )

program
  .command('serve', { isDefault: true })
  .description('serve pictures (the default)')
  .addOption(new Option('-r, --role <role...>', 'run only these tiers').choices(roles).argParser(oneOrMore))
  .option('-p, --port <port>', 'port to listen on; 0 takes any free one')
  .option('--host <host>', 'address to listen on')
  .action((options: { role?: string[]; port?: string; host?: string }) =>
    run(async () =>
      (await import('./serve.ts')).serve(await readConfig(configFile(), asEnvironment(options)), version),
    ),
  )

program
  .command('check')
  .description(
    'read the configuration, report every fault, and try each folder, site, bucket and the database',
  )
  .action(() => run(async () => (await import('./check.ts')).check(await readConfig(configFile()))))

program
  .command('explain')
  .description('what a picture URL means: its spec, canonical key, format choice and plan')
  .argument('<url>', "the URL, or its path: '/samples/landscape.jpg?w=640&auto=format'")
  .option('-a, --accept <types>', "the browser's Accept header", 'image/avif,image/webp,*/*')
  .option('--save-data', 'as a browser that asks to save data')
  .option('--json', 'print JSON')
  .action((url: string, options) =>
    run(async () =>
      (await import('./explain.ts')).explain(await readConfig(configFile()), { url, ...options }),
    ),
  )

program
  .command('sign')
  .description("sign a picture URL with its source's first key")
  .argument('<url>', "the URL, or its path: '/photos/cat.jpg?w=640'")
  .option('-e, --expires <when>', 'Unix seconds, or a time from now such as 10m, 1h, 30d')
  .action((url: string, options) =>
    run(async () => (await import('./sign.ts')).signUrl(await readConfig(configFile()), { url, ...options })),
  )

program
  .command('migrate')
  .description('what addresses of another service become here, what differs and what is missing')
  .argument('[url...]', "addresses such as 'https://res.cloudinary.com/demo/image/upload/w_640/cat.jpg'")
  .addOption(
    new Option('--from <language>', 'their language (default: the one that each looks like)').choices(
      origins,
    ),
  )
  .option('--file <file>', 'a file with an address a line')
  .option('--json', 'print JSON')
  .action((urls: string[], options) =>
    run(async () =>
      (await import('./migrate.ts')).migrateUrls(await readConfig(configFile()), urls, options),
    ),
  )

program
  .command('optimise')
  .description('make pictures on disk smaller; writes NAME.opt.EXT beside each')
  .argument('<file...>', 'JPEG, PNG, GIF, SVG, WebP or AVIF')
  .addOption(
    new Option(
      '-m, --mode <mode>',
      'what may be lost (default: lossy, what nobody sees; quality where one is named)',
    ).choices(optimiseChoices.mode),
  )
  .addOption(new Option('-l, --level <level>', 'lossy: how good it must look').choices(optimiseChoices.level))
  .option('-q, --quality <n>', "quality: the encoder's own, 1 to 100")
  .option('--max-bytes <bytes>', 'lossy and quality: go lower rather than above this (50000, 50kB, 50KiB)')
  .addOption(new Option('-f, --format <format>', 'the format to make').choices(optimiseChoices.format))
  .addOption(new Option('-k, --keep <name...>', 'metadata that stays').choices(optimiseChoices.keep))
  .option('--budget <seconds>', 'begin nothing more for a picture after this long (default: 30)')
  .option('-o, --out <folder>', 'write there, under the same names')
  .addOption(new Option('--in-place', 'replace the files themselves').conflicts('out'))
  .option('--json', 'print JSON')
  .action((files: string[], options) =>
    run(async () => (await import('./optimise.ts')).optimiseFiles(files, options)),
  )

program
  .command('purge')
  .description('make a running server forget pictures, in all its caches and those of its neighbours')
  .option('-u, --url <url...>', 'an address with its options, as every kind of client gets it')
  .option('-p, --picture <path...>', 'all that was made from a source picture: /photos/cat.jpg')
  .option('-k, --key <key...>', 'all that carries a surrogate key')
  .option('--prefix <path...>', 'all addresses that begin so: /photos/2026/')
  .option('-s, --source <name...>', 'all pictures of a source')
  .option('--site <name...>', 'all that is stored of a site')
  .option('--all', 'everything')
  .option('--soft', 'go on serving the old ones while new ones are fetched')
  .option('--server <url>', 'where the server is (default: this configuration, on this machine)')
  .addOption(new Option('--token <token>', "an API key's token, with the scope purge").env('HALFTONE_TOKEN'))
  .option('--json', 'print JSON')
  .action((options) =>
    run(async () => (await import('./purge.ts')).purge(await readConfig(configFile()), options)),
  )

program
  .command('nginx')
  .description('write the configuration of an nginx in front of the edges, with the Lua that it runs')
  .option('-o, --out <folder>', 'write there', 'halftone-nginx')
  .option('--at <folder>', 'where the files will lie, if not there')
  .option('--user <name>', "whom nginx's workers run as", 'www-data')
  .option('--run <folder>', "for nginx's process number", '/run')
  .option('--logs <folder>', "for nginx's logs", '/var/log/nginx')
  .option('--workers <n>', 'processes of nginx (default: one for each core)')
  .option('--keepalived', 'also keepalived for two external and two internal balancers')
  .option('--address <address>', 'keepalived: what clients know, 192.0.2.10/24')
  .option('--inside <address>', 'keepalived: what only our own machines know, held by internal balancers')
  .option('--interface <name>', 'keepalived: the network interface', 'eth0')
  .option('--router <n>', 'keepalived: number of the VRRP group; --inside takes the next one', '51')
  .action((options) =>
    run(async () => (await import('./nginx.ts')).writeNginx(await readConfig(configFile()), options)),
  )

const keys = program.command('keys').description('API keys: add, list, change, revoke')

keys
  .command('add')
  .description('draw a key; prints its secret, this once')
  .requiredOption('--project <name>', 'whose files, webhooks and results it sees')
  .requiredOption('--user <name>', 'who is to be found under it')
  .option('--name <words>', 'what it is for')
  .option(
    '--scope <name...>',
    "what it may do: optimise, upload, files, webhooks, usage, keys, purge, or '*'",
    ['*'],
  )
  .option('--calls <n>', 'calls a month; no limit without it')
  .option('--bytes <n>', 'bytes sent in a month; no limit without it')
  .option('--plan <name>', 'of its rate limits, as the configuration names it')
  .option('--signed-uploads', 'uploads by its public half must be signed')
  .option('--json', 'print JSON')
  .action((options) =>
    run(async () => (await import('./keys.ts')).addKey(await readConfig(configFile()), options)),
  )

keys
  .command('list')
  .description('the keys of a project')
  .requiredOption('--project <name>', 'the project')
  .option('--json', 'print JSON')
  .action((options) =>
    run(async () => (await import('./keys.ts')).listKeys(await readConfig(configFile()), options)),
  )

keys
  .command('change')
  .description('give a key another plan of rate limits, or none; also while servers run')
  .argument('<id>', 'its public half')
  .option('--plan <name>', 'a plan of the configuration')
  .option('--no-plan', "the rules' own limits")
  .action((id: string, { plan }: { plan?: string | boolean }) =>
    run(async () =>
      (await import('./keys.ts')).changeKey(await readConfig(configFile()), {
        id,
        ...(plan === undefined || plan === true ? {} : { plan }),
      }),
    ),
  )

keys
  .command('revoke')
  .description('end a key, at once and for good')
  .argument('<id>', 'its public half')
  .action((id: string) =>
    run(async () => (await import('./keys.ts')).revokeKey(await readConfig(configFile()), id)),
  )

await program.parseAsync()

function configFile(): string | undefined {
  return program.opts<{ config?: string }>().config
}

/** `--role edge --role shield` and `--role edge,shield` are the same. */
function oneOrMore(written: string, before: string[] | undefined): string[] {
  return [...(before ?? []), ...written.split(',')]
}

/** The command line wins over the environment; it goes through the same checks. */
function asEnvironment({
  role,
  port,
  host,
}: {
  role?: string[]
  port?: string
  host?: string
}): Record<string, string> {
  return {
    ...(role ? { [settings.roles.variable]: role.join(',') } : {}),
    ...(port ? { [settings.port.variable]: port } : {}),
    ...(host ? { [settings.host.variable]: host } : {}),
  }
}

/** Faults of the user are sentences on standard error; anything else is ours and shows its stack. */
async function run(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    if (error instanceof ConfigFault) console.error(error.message)
    else if (error instanceof Failure && error.kind !== 'internal') console.error(`${error.message}`)
    else console.error(asFailure(error).details.cause ?? error)
    process.exitCode = 1
  }
}

function settingLines(): string {
  return Object.values(settings)
    .map(({ variable, fallback, about }) => `  ${variable.padEnd(34)} ${about}${defaultText(fallback)}`)
    .join('\n')
}

function defaultText(fallback: unknown): string {
  const text = describeDefault(fallback)
  return text && ` (default: ${text})`
}

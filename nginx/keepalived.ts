// keepalived.conf of four balancers, two external and two internal ones, by VRRP priorities. Pure.

export interface KeepalivedSettings {
  /** The addresses that clients know, with their prefix length: 192.0.2.10/24. */
  readonly address: string
  /** The address that only our own machines know, held by an internal balancer; none without it. */
  readonly inside?: string | undefined
  /** The network interface that holds the addresses. */
  readonly interface: string
  /** 1 to 255, of no other VRRP group on this network. */
  readonly router: number
  /** Where this nginx answers /-/health. */
  readonly healthUrl: string
}

/** Outside: the externals first. A balancer whose nginx is away loses more than the distance between any two. */
const members = [
  { name: 'external-1', outside: 200, inside: undefined },
  { name: 'external-2', outside: 190, inside: undefined },
  { name: 'internal-1', outside: 100, inside: 200 },
  { name: 'internal-2', outside: 90, inside: 190 },
] as const

const lossOfNginx = 150

export const keepalivedFiles = (settings: KeepalivedSettings): Readonly<Record<string, string>> =>
  Object.fromEntries(
    members.map((member) => [`keepalived/${member.name}.conf`, keepalivedConfig(settings, member)]),
  )

function keepalivedConfig(settings: KeepalivedSettings, member: (typeof members)[number]): string {
  const { router, address, inside } = settings
  const instances = [
    instance(settings, { name: 'halftone_public', router, priority: member.outside, address }),
    ...(inside === undefined || member.inside === undefined
      ? []
      : [
          instance(settings, {
            name: 'halftone_inside',
            router: router + 1,
            priority: member.inside,
            address: inside,
          }),
        ]),
  ]
  return `# Written by \`halftone nginx --keepalived\` for the balancer ${member.name}: /etc/keepalived/keepalived.conf there.
global_defs {
  router_id ${member.name}
  # Advertisements of less than a second are of version 3.
  vrrp_version 3
  # Checks run as somebody without rights, and never from a file that others can change.
  script_user nobody
  enable_script_security
}

# A machine whose nginx does not answer hands its addresses on, though its network is well.
vrrp_script halftone_nginx {
  script "/usr/bin/curl --fail --silent --max-time 1 --output /dev/null ${settings.healthUrl}"
  interval 1
  timeout 2
  # Two in a row: one lost packet is no reason to move an address.
  fall 2
  rise 2
  # More than any distance between two priorities, so that whoever has a running nginx comes first.
  weight -${lossOfNginx}
}

${instances.join('\n\n')}
`
}

interface Instance {
  readonly name: string
  readonly router: number
  readonly priority: number
  readonly address: string
}

const instance = (settings: KeepalivedSettings, { name, router, priority, address }: Instance): string =>
  `vrrp_instance ${name} {
  # All begin as backups: the priorities decide, also after a restart.
  state BACKUP
  interface ${settings.interface}
  virtual_router_id ${router}
  # External balancers have 200 and 190, internal ones 100 and 90: these hold the address when both external ones are away.
  priority ${priority}
  # Three missed advertisements, and the next one takes over: in about a second.
  advert_int 0.3
  virtual_ipaddress {
    ${address} dev ${settings.interface}
  }
  track_script {
    halftone_nginx
  }
}`

// What undoes an effect, given the machine as it was before.

import type {Effect, HostReader} from './host.ts'

/**
 * In order; empty where nothing needs undoing: an announcement was heard, and the next one corrects it; what systemd has
 * read, it reads again; a module that was loaded does no harm.
 */
export function inverse(effect: Effect, before: Pick<HostReader, 'sysctl' | 'readFile'>): readonly Effect[] {
  switch (effect.do) {
    case 'set-sysctl': {
      const value = before.sysctl(effect.key)
      return value === undefined ? [] : [{do: 'set-sysctl', key: effect.key, value}]
    }
    case 'link-up':
      return [{do: 'link-down', interface: effect.interface}]
    case 'link-down':
      return [{do: 'link-up', interface: effect.interface}]
    case 'add-address':
      return [{do: 'remove-address', address: effect.address}]
    case 'remove-address':
      return [{do: 'add-address', address: effect.address}]
    case 'make-symlink':
      return [{...effect, do: 'remove-symlink'}]
    case 'remove-symlink':
      return [{...effect, do: 'make-symlink'}]
    case 'set-mtu':
      return [{...effect, mtu: effect.was, was: effect.mtu}]
    case 'add-link':
      return [{...effect, do: 'remove-link'}]
    case 'remove-link':
      return [{...effect, do: 'add-link'}]
    case 'add-fou-port':
      return [{...effect, do: 'remove-fou-port'}]
    case 'remove-fou-port':
      return [{...effect, do: 'add-fou-port'}]
    case 'add-route':
      return [{...effect, do: 'remove-route'}]
    case 'remove-route':
      return [{...effect, do: 'add-route'}]
    case 'replace-route':
      return [{...effect, route: effect.was, was: effect.route}]
    case 'add-masquerade':
      return [{...effect, do: 'remove-masquerade'}]
    case 'remove-masquerade':
      return [{...effect, do: 'add-masquerade'}]
    case 'load-module':
    case 'announce':
    case 'systemd-reload':
      return []
    case 'write-file':
    case 'remove-file': {
      const content = before.readFile(effect.path)
      const mode = effect.do === 'remove-file' && effect.mode !== undefined ? {mode: effect.mode} : {}
      if (content !== undefined) return [{do: 'write-file', path: effect.path, content, ...mode}]
      return effect.do === 'write-file' ? [{do: 'remove-file', path: effect.path}] : []
    }
    case 'write-state':
    case 'remove-state': {
      const content = before.readFile(effect.path)
      if (content !== undefined) return [{do: 'write-state', path: effect.path, content}]
      return effect.do === 'write-state' ? [{do: 'remove-state', path: effect.path}] : []
    }
  }
}

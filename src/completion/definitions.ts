// What completion and man pages know of the commands: the part of oclif's manifest that they read, so that nothing here
// needs oclif.

export interface FlagDefinition {
  readonly name: string
  readonly char?: string | undefined
  /** Other long names. */
  readonly aliases?: readonly string[] | undefined
  readonly type: 'boolean' | 'option'
  readonly summary?: string | undefined
  readonly description?: string | undefined
  readonly helpValue?: string | readonly string[] | undefined
  readonly helpGroup?: string | undefined
  readonly options?: readonly string[] | undefined
  readonly default?: unknown
  readonly multiple?: boolean | undefined
  readonly hidden?: boolean | undefined
}

export interface ArgumentDefinition {
  readonly name: string
  readonly description?: string | undefined
  readonly options?: readonly string[] | undefined
  readonly required?: boolean | undefined
  readonly hidden?: boolean | undefined
}

export interface CommandDefinition {
  /** `service:list` */
  readonly id: string
  readonly summary?: string | undefined
  readonly description?: string | undefined
  readonly hidden?: boolean | undefined
  /** false: words after the arguments are taken too. */
  readonly strict?: boolean | undefined
  readonly args: Readonly<Record<string, ArgumentDefinition>>
  readonly flags: Readonly<Record<string, FlagDefinition>>
}

export interface Definitions {
  readonly commands: Readonly<Record<string, CommandDefinition>>
  readonly topics: Readonly<Record<string, {readonly description?: string | undefined}>>
}

/** `[SECONDS]`: the value may be left out. */
export function valueIsOptional({helpValue}: FlagDefinition): boolean {
  return typeof helpValue === 'string' && helpValue.startsWith('[')
}

"""Commands and categories that only some servers have. Made by ``tools/generate_acl_versions.py``."""

from __future__ import annotations

# Names by the servers that were looked at and have them.
_HAVE: dict[str, str] = {
    "Redis 6.2": ("host: post stralgo "),
    "Redis 7.0, Redis 8.0, Redis 8.2, Valkey 8.1": (
        "acl|cat acl|deluser acl|dryrun acl|genpass acl|getuser acl|help acl|list acl|load acl|log acl|save "
        "acl|setuser acl|users acl|whoami blmpop bzmpop client|caching client|getname client|getredir "
        "client|help client|id client|info client|kill client|list client|no-evict client|pause client|reply "
        "client|setname client|tracking client|trackinginfo client|unblock client|unpause cluster|addslots "
        "cluster|addslotsrange cluster|bumpepoch cluster|count-failure-reports cluster|countkeysinslot "
        "cluster|delslots cluster|delslotsrange cluster|failover cluster|flushslots cluster|forget "
        "cluster|getkeysinslot cluster|help cluster|info cluster|keyslot cluster|links cluster|meet "
        "cluster|myid cluster|nodes cluster|replicas cluster|replicate cluster|reset cluster|saveconfig "
        "cluster|set-config-epoch cluster|setslot cluster|shards cluster|slaves cluster|slots command|count "
        "command|docs command|getkeys command|getkeysandflags command|help command|info command|list "
        "config|get config|help config|resetstat config|rewrite config|set eval_ro evalsha_ro expiretime "
        "fcall fcall_ro function function|delete function|dump function|flush function|help function|kill "
        "function|list function|load function|restore function|stats latency|doctor latency|graph "
        "latency|help latency|histogram latency|history latency|latest latency|reset lcs lmpop memory|doctor "
        "memory|help memory|malloc-stats memory|purge memory|stats memory|usage module|help module|list "
        "module|load module|loadex module|unload object|encoding object|freq object|help object|idletime "
        "object|refcount pexpiretime pubsub|channels pubsub|help pubsub|numpat pubsub|numsub "
        "pubsub|shardchannels pubsub|shardnumsub quit script|debug script|exists script|flush script|help "
        "script|kill script|load sintercard slowlog|get slowlog|help slowlog|len slowlog|reset sort_ro "
        "spublish ssubscribe sunsubscribe xgroup|create xgroup|createconsumer xgroup|delconsumer "
        "xgroup|destroy xgroup|help xgroup|setid xinfo|consumers xinfo|groups xinfo|help xinfo|stream "
        "zintercard zmpop "
    ),
    "Redis 8.0, Redis 8.2": (
        "hexpire hexpireat hexpiretime hgetdel hgetex hpersist hpexpire hpexpireat hpexpiretime hpttl hsetex "
        "httl vadd vcard vdim vemb vgetattr vinfo vismember vlinks vrandmember vrem vsetattr vsim "
    ),
    "Redis 8.0, Redis 8.2, Valkey 8.1": ("client|no-touch client|setinfo cluster|myshardid waitaof "),
    "Redis 8.2": ("xackdel xdelex "),
    "Redis 8.2, Valkey 8.1": ("cluster|slot-stats "),
    "Valkey 8.1": (
        "client|capa client|import-source commandlog commandlog|get commandlog|help commandlog|len "
        "commandlog|reset script|show "
    ),
}
_OF = {name: servers for servers, names in _HAVE.items() for name in names.split()}


def servers_with(name: str) -> str:
    """Return which servers have ``client|setinfo`` or ``@json``, as ``Redis 8.0, Valkey 8.1``; empty if not known."""
    return _OF.get(name.lower(), "")

{
  'target_defaults': {
    'include_dirs': ["<!(node -p \"require('futex-waitgroup/include').include_dir\")"],
    'defines': ['NAPI_VERSION=8'],
  },
  'targets': [
    {
      'target_name': 'pool',
      'sources': ['pool.cc', 'sha256.cc'],
      'cflags_cc': ['-O2', '-pthread'],
      'ldflags': ['-pthread'],
    },
    {
      'target_name': 'in_c',
      'sources': ['in_c.c'],
    },
  ],
}

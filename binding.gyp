{
  'targets': [
    {
      'target_name': 'futex_waitgroup',
      'sources': [
        'native/addon.cc',
        'native/addon_guard.cc',
        'native/addon_loop.cc',
        'native/addon_promise.cc',
        'native/promise_table.cc',
        'native/semaphore.cc',
        'native/wait_group.cc',
      ],
      # A package installed from its tarball brings its own copy (scripts/vendor.mjs).
      'include_dirs': [
        "<!(node -p \"try { require('node-addon-api').include_dir } catch { 'vendor/node-addon-api' }\")",
      ],
      'defines': [
        'NAPI_VERSION=8',
        'NAPI_DISABLE_CPP_EXCEPTIONS',
        'NODE_ADDON_API_DISABLE_DEPRECATED',
      ],
      'conditions': [
        ['OS == "linux"', {
          'sources': ['native/futex_linux.cc', 'native/pin_posix.cc'],
          'cflags_cc': ['-std=c++17', '-fvisibility=hidden', '-Wall', '-Wextra'],
          'ldflags': ['-Wl,--exclude-libs,ALL'],
        }],
        ['OS == "mac"', {
          'sources': ['native/futex_macos.cc', 'native/pin_posix.cc'],
          'xcode_settings': {
            'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
            'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
            'MACOSX_DEPLOYMENT_TARGET': '11.0',
          },
        }],
        ['OS == "win"', {
          'sources': ['native/futex_windows.cc', 'native/pin_windows.cc'],
          'libraries': ['synchronization.lib'],
          'msvs_settings': {
            'VCCLCompilerTool': {'AdditionalOptions': ['/std:c++17']},
          },
        }],
      ],
    },
  ],
}

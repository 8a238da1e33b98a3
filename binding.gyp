{
  'targets': [
    {
      'target_name': 'futex_waitgroup',
      'sources': [
        'native/addon/module.cc',
        'native/addon/guards.cc',
        'native/addon/loop.cc',
        'native/addon/promises.cc',
        'native/core/copies.cc',
        'native/core/promise_table.cc',
        'native/core/semaphore.cc',
        'native/core/wait_group.cc',
      ],
      # The package contains a copy of the headers (scripts/vendor.mjs).
      'include_dirs': [
        "<!(node -p \"try { require('node-addon-api').include_dir } catch { 'vendor/node-addon-api' }\")",
      ],
      'defines': [
        'NAPI_VERSION=8',
        'NAPI_DISABLE_CPP_EXCEPTIONS',
        'NODE_ADDON_API_DISABLE_DEPRECATED',
        # A throw fails while the thread is being terminated. That must not abort.
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
      ],
      'conditions': [
        ['OS == "linux"', {
          'sources': [
            'native/core/copies_linux.cc',
            'native/core/copies_posix.cc',
            'native/core/futex_linux.cc',
            'native/core/pin_posix.cc',
          ],
          'cflags_cc': ['-std=c++17', '-fvisibility=hidden', '-Wall', '-Wextra'],
          'ldflags': [
            '-Wl,--exclude-libs,ALL',
            # Hides the symbols of the standard library's templates, too.
            '-Wl,--version-script=<(module_root_dir)/native/exports.map',
          ],
        }],
        ['OS == "mac"', {
          'sources': [
            'native/core/copies_macos.cc',
            'native/core/copies_posix.cc',
            'native/core/futex_macos.cc',
            'native/core/pin_posix.cc',
          ],
          'xcode_settings': {
            'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
            'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
            'MACOSX_DEPLOYMENT_TARGET': '11.0',
          },
        }],
        ['OS == "win"', {
          'sources': [
            'native/core/copies_windows.cc',
            'native/core/futex_windows.cc',
            'native/core/pin_windows.cc',
          ],
          'libraries': ['synchronization.lib'],
          'msvs_settings': {
            'VCCLCompilerTool': {'AdditionalOptions': ['/std:c++17']},
          },
        }],
      ],
    },
  ],
}

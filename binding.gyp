{
  'targets': [
    {
      'target_name': 'futex_waitgroup',
      # All of native/: a file of another operating system is empty.
      'sources': [
        "<!@(node -p \"['addon', 'core', 'platform'].flatMap((folder) => fs.readdirSync('native/' + folder).filter((name) => name.endsWith('.cc')).map((name) => 'native/' + folder + '/' + name)).join(' ')\")",
      ],
      # The package brings the headers along (scripts/vendor.mjs).
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
        ['OS != "mac" and OS != "win"', {
          'cflags_cc': ['-std=c++17', '-fvisibility=hidden', '-Wall', '-Wextra'],
          'ldflags': [
            '-Wl,--exclude-libs,ALL',
            # Hides the symbols of the standard library's templates, too.
            '-Wl,--version-script=<(module_root_dir)/native/exports.map',
          ],
        }],
        ['OS == "mac"', {
          'xcode_settings': {
            'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
            'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
            'MACOSX_DEPLOYMENT_TARGET': '11.0',
          },
        }],
        ['OS == "win"', {
          'libraries': ['synchronization.lib'],
          'msvs_settings': {
            'VCCLCompilerTool': {'AdditionalOptions': ['/std:c++17']},
          },
        }],
      ],
    },
  ],
}

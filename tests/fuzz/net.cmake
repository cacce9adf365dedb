# SPDX-License-Identifier: Apache-2.0
foreach(target http_request http_response http_chunked socks parent)
  srt_fuzz_target(${target} fuzz_${target}.c LINK srt_net)
endforeach()

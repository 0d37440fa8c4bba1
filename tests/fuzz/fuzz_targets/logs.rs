#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| harness_api_fuzz::logs(data));

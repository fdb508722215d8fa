package dev.weir.core.sql;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The reference results: bytes 128, 129, ... of each length, seed 0, the low half of the hash. */
class SpookyHashTest {
  @ParameterizedTest
  @CsvSource({"0,6bf50919", "1,70de1d26", "7,f9f1a233", "8,ee193982", "15,83ec01f9", "16,f274736c",
    "31,027bca7c", "32,e5cfc8b6", "33,ce01d9d7", "63,09c1afb4", "64,069c8bb7", "511,cc1c8250",
    "510,82046f8e", "448,ad7baa23", "447,f04af50f", "384,44eb5634", "383,4827f45c", "320,f1545450",
    "319,f3a1526c", "256,38cebf03", "255,2f40ee0b", "192,77e012bd", "191,e13d9e19", "193,2d05114c"})
  void isTheAuthorsHash(int length, String low) {
    byte[] message = new byte[length + 3];
    for (int i = 0; i < length; i++) {
      message[i + 3] = (byte) (i + 128);
    }
    assertThat(SpookyHash.hash64(message, 3, length, 0) & 0xffffffffL)
        .isEqualTo(Long.parseLong(low, 16));
  }
}

package dev.weir.core.pg;

import dev.weir.pg.message.BackendKeyData;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class CancelKeyTest {
  private final SecureRandom random = new SecureRandom();

  private static CancelKey key(String hex) {
    byte[] all = HexFormat.of().parseHex(hex);
    return CancelKey.of(HexFormat.fromHexDigits(hex, 0, 8),
        java.util.Arrays.copyOfRange(all, 4, all.length));
  }

  private static String hex(CancelKey key) {
    return HexFormat.of().toHexDigits(key.processId()) + HexFormat.of().formatHex(key.secret());
  }

  @Test
  void processIdAndSecretAreOneKey() {
    CancelKey key = key("0102030405060708");
    assertThat(key.processId()).isEqualTo(0x01020304);
    assertThat(key.secret()).containsExactly(5, 6, 7, 8);
    assertThat(key.number()).isEqualTo(0x0102030405060708L);
    assertThat(key.toMessage().processId()).isEqualTo(0x01020304);
    assertThat(key.toMessage().secret()).containsExactly(5, 6, 7, 8);
  }

  @Test
  void thePeerIdStandsInBytesOneAndTwoLowByteFirst() {
    assertThat(key("0034120000000000").peerId()).isEqualTo(0x1234);
    assertThat(key("00ffff0000000000").peerId()).isEqualTo(0xffff);
    assertThat(key("ff0000ffffffffff").peerId()).isZero();
  }

  @Test
  void theTimeToLiveIsTheLowTwoBitsOfByteSeven() {
    assertThat(key("0000000000000003").timeToLive()).isEqualTo(3);
    assertThat(key("00000000000000fc").timeToLive()).isZero();
    assertThat(key("000000000000000203").timeToLive()).as("of a longer key").isEqualTo(2);
  }

  @Test
  void eachPeerOnTheWayTakesOneAndChangesNothingElse() {
    CancelKey key = key("0102030405060ff7");
    assertThat(hex(key.onward())).isEqualTo("0102030405060ff6");
    assertThat(hex(key.onward().onward().onward())).isEqualTo("0102030405060ff4");
    assertThat(hex(key)).as("a key does not change").isEqualTo("0102030405060ff7");
  }

  @Test
  void aKeyIsFoundWhateverIsLeftOfItsTimeToLive() {
    CancelKey registered = CancelKey.random(random, 7, false);
    assertThat(registered.stored()).isEqualTo(registered);
    assertThat(registered.onward()).isNotEqualTo(registered);
    assertThat(registered.onward().onward().stored()).isEqualTo(registered)
        .hasSameHashCodeAs(registered);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255, 256, 16383, 65535})
  void freshKeysNameTheirPeer(int peer) {
    for (int i = 0; i < 200; i++) {
      CancelKey key = CancelKey.random(random, peer, i % 2 == 0);
      assertThat(key.peerId()).isEqualTo(peer);
      assertThat(key.timeToLive()).isEqualTo(3);
      assertThat(key.processId()).as("a process id is positive").isNotNegative();
      assertThat(key.secret()).hasSize(i % 2 == 0 ? 32 : 4);
    }
  }

  @Test
  void freshKeysDiffer() {
    Set<CancelKey> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      assertThat(seen.add(CancelKey.random(random, 0, false))).isTrue();
    }
  }

  @Test
  void keysAreEqualByTheirBytes() {
    assertThat(key("0102030405060708")).isEqualTo(key("0102030405060708"))
        .isNotEqualTo(key("0102030405060709")).isNotEqualTo(key("010203040506070800"))
        .isNotEqualTo("0102030405060708");
    assertThat(CancelKey.NONE).isEqualTo(key("0000000000000000"));
  }

  @Test
  void aServersKeyGoesBackAsItCame() {
    BackendKeyData told = new BackendKeyData(-5, new byte[]{9, 8, 7});
    CancelKey key = CancelKey.of(told.processId(), told.secret());
    assertThat(key.processId()).isEqualTo(-5);
    assertThat(key.secret()).containsExactly(9, 8, 7);
  }
}

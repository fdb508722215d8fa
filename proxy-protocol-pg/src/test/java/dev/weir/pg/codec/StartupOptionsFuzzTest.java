package dev.weir.pg.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.pg.message.MalformedMessageException;
import java.nio.charset.StandardCharsets;
import java.util.SequencedMap;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code JAZZER_FUZZ=1} fuzzes. */
class StartupOptionsFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void parsesOrRefuses(byte[] text) {
    SequencedMap<String, String> settings;
    try {
      settings = StartupOptions.parse(new String(text, StandardCharsets.ISO_8859_1));
    } catch (MalformedMessageException refused) {
      return;
    }
    assertThat(settings.keySet()).doesNotContain("");
    StringBuilder again = new StringBuilder();
    settings.forEach(
        (key, value) -> again.append(" --").append(escape(key)).append('=').append(escape(value)));
    assertThat(StartupOptions.parse(again.toString())).isEqualTo(settings);
  }

  private static String escape(String text) {
    return text.replaceAll("(?s)(.)", "\\\\$1");
  }
}

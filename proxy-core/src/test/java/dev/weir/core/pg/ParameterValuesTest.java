package dev.weir.core.pg;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ParameterValuesTest {
  private final TrackedParameters names = new TrackedParameters(
      List.of("search_path", "IntervalStyle"));
  private final ParameterValues client = new ParameterValues();
  private final ParameterValues server = new ParameterValues();

  private ParameterValues set(ParameterValues values, String name, String value) {
    values.set(names.track(name), value);
    return values;
  }

  private String difference() {
    String sql = ParameterValues.difference(names, client, server);
    assertThat(ParameterValues.differ(client, server)).isEqualTo(!sql.isEmpty());
    return sql;
  }

  @Test
  void whatNobodySetIsUnset() {
    assertThat(client.get(-1)).isNull();
    assertThat(client.get(0)).isNull();
    assertThat(client.get(1000)).isNull();
    assertThat(difference()).isEmpty();
  }

  @Test
  void anyNumberMayBeSet() {
    client.set(63, "last");
    client.set(0, "first");
    assertThat(client.get(63)).isEqualTo("last");
    assertThat(client.get(0)).isEqualTo("first");
    assertThat(client.get(62)).isNull();
    assertThat(client.get(64)).isNull();
  }

  @Test
  void theServerIsToldWhatDiffers() {
    set(set(client, "TimeZone", "UTC"), "application_name", "psql");
    set(set(server, "TimeZone", "Asia/Tokyo"), "application_name", "psql");
    assertThat(difference()).isEqualTo("SET TimeZone='UTC';");
    set(server, "application_name", "other");
    assertThat(difference()).isEqualTo("SET TimeZone='UTC';SET application_name='psql';");
  }

  @Test
  void spellingInAnotherCaseIsNoDifference() {
    set(client, "client_encoding", "utf8");
    set(server, "client_encoding", "UTF8");
    assertThat(difference()).isEmpty();
  }

  @Test
  void anEmptyValueIsAValue() {
    set(client, "application_name", "");
    set(server, "application_name", "left by another");
    assertThat(difference()).isEqualTo("SET application_name='';");
  }

  @Test
  void whatOneSideDoesNotKnowIsNotTouched() {
    set(client, "TimeZone", "UTC"); // the server has never reported it
    set(server, "IntervalStyle", "iso_8601"); // the client has never asked for it
    assertThat(difference()).isEmpty();
  }

  @Test
  void aListOfSchemasIsNotOneLiteral() {
    set(client, "search_path", "\"My Schema\", public");
    set(server, "search_path", "public");
    assertThat(difference()).isEqualTo(
        "SELECT pg_catalog.set_config('search_path','\"My Schema\", public',false);");
  }

  @Test
  void parametersThatJoinedLaterCountToo() {
    for (int i = 0; i < 30; i++) {
      set(client, "extra" + i, "mine");
      set(server, "extra" + i, i == 29 ? "its" : "mine");
    }
    assertThat(difference()).isEqualTo("SET extra29='mine';");
  }

  @ParameterizedTest
  @CsvSource(quoteCharacter = '|', value = {"plain, 'plain'", "it's, 'it''s'", "||, ''",
    "back\\slash, E'back\\\\slash'", "both\\', E'both\\\\'''", "''; drop table t; --,"
        + " '''''; drop table t; --'"})
  void literalsMeanTheSameOnEveryServer(String value, String literal) {
    assertThat(ParameterValues.literal(value)).isEqualTo(literal);
  }

  @Test
  void theServersSpellingIsTakenOverWhereBothHaveAValue() {
    set(set(client, "DateStyle", "ISO"), "TimeZone", "UTC");
    set(set(server, "DateStyle", "ISO, MDY"), "IntervalStyle", "postgres");
    client.adopt(server);
    assertThat(client.get(names.find("DateStyle"))).isEqualTo("ISO, MDY");
    assertThat(client.get(names.find("TimeZone"))).isEqualTo("UTC");
    assertThat(client.get(names.find("IntervalStyle"))).isNull();
    assertThat(difference()).isEmpty();
  }

  @Test
  void gapsAreFilledAndWhatIsSetStays() {
    set(client, "DateStyle", "German");
    set(set(server, "DateStyle", "ISO, MDY"), "IntervalStyle", "postgres");
    client.fillFrom(server);
    assertThat(client.get(names.find("DateStyle"))).isEqualTo("German");
    assertThat(client.get(names.find("IntervalStyle"))).isEqualTo("postgres");
  }

  @Test
  void equalValuesBecomeTheSameObjects() {
    String one = String.join("/", "Asia", "Tokyo");
    String two = String.join("/", "Asia", "Tokyo");
    set(set(client, "TimeZone", one), "DateStyle", "ISO");
    set(set(server, "TimeZone", two), "DateStyle", "German");
    client.shareEqual(server);
    assertThat(client.get(names.find("TimeZone"))).isSameAs(two);
    assertThat(client.get(names.find("DateStyle"))).isEqualTo("ISO");
  }

  @Test
  void aCopyGoesItsOwnWay() {
    set(client, "TimeZone", "UTC");
    ParameterValues copy = client.copy();
    set(copy, "TimeZone", "Asia/Tokyo");
    assertThat(client.get(names.find("TimeZone"))).isEqualTo("UTC");
  }
}

package dev.weir.core.config.mysql;

import dev.weir.core.config.mysql.CnfLexer.Kind;
import dev.weir.core.config.mysql.CnfLexer.Token;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The grammar of libconfig. Confined to the reading of one file and what it includes. */
final class CnfParser {
  /** How an included file is read. */
  @FunctionalInterface
  interface Files {
    String read(String name) throws IOException;
  }

  private static final int DEEPEST = 32;
  private static final int MOST_VALUES = 4_000_000;
  private static final int MOST_INCLUDES = 100;

  private final Files files;
  private int values;
  private int includes;

  CnfParser(Files files) {
    this.files = files;
  }

  SequencedMap<String, CnfValue> file(String name, String text) throws CnfException {
    SequencedMap<String, CnfValue> settings = new LinkedHashMap<>();
    new Reader(name, text).settings(settings, 0, false);
    return settings;
  }

  /** One file, one token ahead. */
  private final class Reader {
    private final String file;
    private final CnfLexer lexer;
    private Token ahead;

    Reader(String file, String text) throws CnfException {
      this.file = file;
      this.lexer = new CnfLexer(file, text);
      this.ahead = lexer.next();
    }

    /** Settings up to the brace that closes the group, or to the end of the file. */
    void settings(SequencedMap<String, CnfValue> into, int depth, boolean braced)
        throws CnfException {
      while (true) {
        Token token = take();
        switch (token.kind()) {
          case INCLUDE -> include(token, into, depth);
          case NAME -> setting(token, into, depth);
          case END -> {
            if (braced) {
              throw error(token, "a group is not closed with }");
            }
            return;
          }
          case SYMBOL -> {
            if (braced && token.is('}')) {
              return;
            }
            throw error(token, "unexpected " + token.shown() + "; a name is due");
          }
          case NUMBER, STRING, BOOLEAN ->
            throw error(token, "unexpected " + token.shown() + "; a name is due");
        }
      }
    }

    private void setting(Token name, SequencedMap<String, CnfValue> into, int depth)
        throws CnfException {
      Token sign = take();
      if (!sign.is('=') && !sign.is(':')) {
        throw error(sign, "unexpected " + sign.shown() + "; = or : is due after " + name.text());
      }
      CnfValue value = value(depth);
      if (into.putIfAbsent(name.text(), value) != null) {
        throw error(name, name.text() + " is there twice");
      }
      if (ahead.is(';') || ahead.is(',')) {
        take();
      }
    }

    private CnfValue value(int depth) throws CnfException {
      if (++values > MOST_VALUES) {
        throw error(ahead, "more than " + MOST_VALUES + " values");
      }
      if (depth > DEEPEST) {
        throw error(ahead, "nested more than " + DEEPEST + " deep");
      }
      Token token = take();
      return switch (token.kind()) {
        case NUMBER, STRING, BOOLEAN -> new CnfValue.Scalar(token.text(),
            token.kind() == Kind.BOOLEAN, token.line());
        case SYMBOL -> composite(token, depth);
        case NAME, INCLUDE, END ->
          throw error(token, "unexpected " + token.shown() + "; a value is due");
      };
    }

    private CnfValue composite(Token opening, int depth) throws CnfException {
      return switch (opening.text()) {
        case "{" -> {
          SequencedMap<String, CnfValue> settings = new LinkedHashMap<>();
          settings(settings, depth + 1, true);
          yield new CnfValue.Group(settings, opening.line());
        }
        case "(" -> new CnfValue.Sequence(sequence(')', depth), opening.line());
        case "[" -> new CnfValue.Sequence(sequence(']', depth), opening.line());
        default -> throw error(opening, "unexpected " + opening.shown() + "; a value is due");
      };
    }

    private List<CnfValue> sequence(char closing, int depth) throws CnfException {
      List<CnfValue> list = new ArrayList<>();
      while (!ahead.is(closing)) {
        list.add(value(depth + 1));
        if (ahead.is(',')) { // one too many at the end is in many files
          take();
        } else if (!ahead.is(closing)) {
          throw error(ahead, "unexpected " + ahead.shown() + "; , or " + closing + " is due");
        }
      }
      take();
      return list;
    }

    private void include(Token at, SequencedMap<String, CnfValue> into, int depth)
        throws CnfException {
      Token name = take();
      if (name.kind() != Kind.STRING) {
        throw error(name, "@include needs a file in quotes");
      }
      if (++includes > MOST_INCLUDES) {
        throw error(at, "more than " + MOST_INCLUDES + " files are included");
      }
      String text;
      try {
        text = files.read(name.text());
      } catch (IOException e) {
        throw error(at, "cannot include " + name.text() + ": " + e.getMessage());
      }
      if (ahead.is(';') || ahead.is(',')) {
        take();
      }
      new Reader(name.text(), text).settings(into, depth, false);
    }

    private Token take() throws CnfException {
      Token token = ahead;
      if (token.kind() != Kind.END) {
        ahead = lexer.next();
      }
      return token;
    }

    private CnfException error(Token at, String problem) {
      return new CnfException(file, at.line(), problem);
    }
  }
}

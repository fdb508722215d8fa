package dev.weir.admin.command;

/** One command of two words with something behind them, which no other command of the first word has. */
public interface PhraseCommand extends Command {
  /**
   * What the command is to do. Only looks at the text: any thread may ask.
   *
   * @param rest what stands behind the two words, without blanks and the semicolon at its end; may be empty
   */
  Call call(String rest);
}

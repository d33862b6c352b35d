package dev.kasane.bench.text;

import dev.kasane.text.chat.ChatMessage;
import dev.kasane.text.chat.ChatTemplate;
import dev.kasane.text.chat.Conversation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Seconds for rendering ten thousand conversations of five turns, five times; {@code peer_chat.py} does the same. */
public final class ChatBenchmark {
  private static final int CONVERSATIONS = 10_000;
  private static final int ROUNDS = 5;
  private static final Conversation TALK = new Conversation(List.of(
      new ChatMessage("system", "You answer in short sentences."),
      new ChatMessage("user", "Name a colour. ".repeat(10)),
      new ChatMessage("assistant", "<think>\nthe sea\n</think>\n\n" + "Blue is the colour of the sea. ".repeat(8)),
      new ChatMessage("user", "And another?"),
      new ChatMessage("assistant", "Red.")));

  private ChatBenchmark() {}

  /**
   * Prints a line a round.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) throws IOException {
    String source;
    try (InputStream in = ChatBenchmark.class.getResourceAsStream("chat.jinja")) {
      source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    ChatTemplate template = new ChatTemplate(source, "chat.jinja");
    for (int round = 0; round < ROUNDS; round++) {
      long begun = System.nanoTime();
      long characters = 0;
      for (int i = 0; i < CONVERSATIONS; i++) {
        characters += template.render(TALK, false, Map.of()).length();
      }
      System.out.printf("java %.2f s, %d characters%n", (System.nanoTime() - begun) / 1e9, characters);
    }
  }
}

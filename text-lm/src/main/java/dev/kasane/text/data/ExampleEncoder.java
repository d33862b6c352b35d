package dev.kasane.text.data;

import dev.kasane.core.Ranges;
import dev.kasane.text.tokenizer.TokenSpans;
import dev.kasane.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns an example's text into tokens with a mask of what is learnt.
 *
 * <p>The whole text is tokenised at once, as the model will meet it; of an answer are the tokens that have any of its
 * characters, as in transformers' {@code return_assistant_tokens_mask}. Unlike there they all count where the answer's
 * last character is spelt with several: transformers stops after the first of them, so that half an emoji would be
 * learnt. The end-of-text mark is appended and learnt unless the text already ends with one, or its template has
 * decided what is learnt.
 */
public final class ExampleEncoder {
  private final Tokenizer tokenizer;
  private final int maxLength;
  private final boolean everything;

  /**
   * @param maxLength greatest length in tokens, at least 8
   * @param everything whether the loss is on all of the text rather than on answers
   */
  public ExampleEncoder(Tokenizer tokenizer, int maxLength, boolean everything) {
    Ranges.require(maxLength >= 8, "«max length»", maxLength, "8 or more tokens");
    this.tokenizer = tokenizer;
    this.maxLength = maxLength;
    this.everything = everything;
  }

  /**
   * The tokens of a text. A text without a prompt that is too long becomes several examples; of others the
   * prompt's beginning is cut, and the answer's end only when the answer alone is too long.
   */
  public List<EncodedExample> encode(TemplateText text) {
    TokenSpans tokens = tokenizer.place(text.whole(), !text.complete() || !startsWithMark(text));
    int[] ids = tokens.ids();
    boolean[] supervised = new boolean[ids.length];
    Arrays.fill(supervised, everything);
    int begin = 0;
    for (TextPart part : text.parts()) {
      int end = begin + part.text().length();
      if (part.answer()) {
        tokens.mark(supervised, begin, end);
      }
      begin = end;
    }
    EncodedExample example = text.decided() && !everything
        ? new EncodedExample(ids, supervised, false, true) : ended(ids, supervised);
    List<EncodedExample> examples = cut(example, text.parts().stream().allMatch(TextPart::answer));
    return text.silent() && !everything ? examples.stream().map(EncodedExample::withoutAnswer).toList() : examples;
  }

  private boolean startsWithMark(TemplateText text) {
    String mark = tokenizer.specialTokens().get("bos_token");
    return mark != null && text.whole().startsWith(mark);
  }

  private EncodedExample ended(int[] ids, boolean[] supervised) {
    int last = ids.length - 1;
    while (last > 0 && tokenizer.decode(new int[] {ids[last]}, false).isBlank()) {
      last--;
    }
    if (last >= 0 && tokenizer.endOfTextIds().contains(ids[last])) {
      supervised[last] = true;
      return new EncodedExample(ids, supervised, false, true);
    }
    if (tokenizer.endOfTextId().isEmpty()) {
      return new EncodedExample(ids, supervised, false, false);
    }
    int[] longer = Arrays.copyOf(ids, ids.length + 1);
    boolean[] mask = Arrays.copyOf(supervised, longer.length);
    longer[ids.length] = tokenizer.endOfTextId().getAsInt();
    mask[ids.length] = true;
    return new EncodedExample(longer, mask, false, true);
  }

  private List<EncodedExample> cut(EncodedExample example, boolean noPrompt) {
    if (example.length() <= maxLength) {
      return List.of(example);
    }
    return noPrompt ? chunks(example) : List.of(keepingAnswer(example));
  }

  private List<EncodedExample> chunks(EncodedExample example) {
    List<EncodedExample> chunks = new ArrayList<>();
    for (int from = 0; from < example.length(); from += maxLength) {
      int to = Math.min(example.length(), from + maxLength);
      if (to - from > 1) {
        chunks.add(new EncodedExample(Arrays.copyOfRange(example.ids(), from, to),
            Arrays.copyOfRange(example.supervised(), from, to), false, true));
      }
    }
    return chunks;
  }

  private EncodedExample keepingAnswer(EncodedExample example) {
    int kept = tokenizer.beginningOfTextId().isPresent()
        && example.ids()[0] == tokenizer.beginningOfTextId().getAsInt() ? 1 : 0;
    int answer = kept;
    while (answer < example.length() && !example.supervised()[answer]) {
      answer++;
    }
    int excess = example.length() - maxLength;
    // One token stays before the answer, since the first of a text is never predicted.
    int fromPrompt = Math.min(excess, Math.max(0, answer - Math.max(1, kept)));
    int[] ids = new int[maxLength];
    boolean[] mask = new boolean[maxLength];
    System.arraycopy(example.ids(), 0, ids, 0, kept);
    System.arraycopy(example.ids(), kept + fromPrompt, ids, kept, maxLength - kept);
    System.arraycopy(example.supervised(), kept + fromPrompt, mask, kept, maxLength - kept);
    return new EncodedExample(ids, mask, true, fromPrompt == excess && example.ended());
  }
}

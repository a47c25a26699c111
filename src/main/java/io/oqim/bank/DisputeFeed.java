package io.oqim.bank;

import java.util.List;

/** What a bank says when asked for the changes of disputes after one that is known. */
public sealed interface DisputeFeed {
    /**
     * Some of them, in their order.
     *
     * @param more whether there are others after these
     */
    record Page(List<DisputeNews> news, boolean more) implements DisputeFeed {
        public Page {
            news = List.copyOf(news);
        }
    }

    /** It did not answer, or not in a way that can be used. */
    record Silent(String reason) implements DisputeFeed {}
}

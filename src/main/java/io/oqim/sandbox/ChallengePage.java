package io.oqim.sandbox;

import org.jspecify.annotations.Nullable;

/** The HTML of the challenge page. It needs no script and loads nothing. */
final class ChallengePage {
    private static final String FRAME =
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sandbox bank</title>
            <style>
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 4rem auto; padding: 0 1rem }
            button { font: inherit; padding: .5rem 1.5rem; margin-right: .5rem }
            </style>
            </head>
            <body>
            <h1>%s</h1>
            <p>%s</p>
            %s
            </body>
            </html>
            """;

    private static final String BUTTONS =
            """
            <form method="post">
            <button name="result" value="approve">Approve</button>
            <button name="result" value="decline">Decline</button>
            </form>""";

    private ChallengePage() {}

    static String question(Operation operation, String bank) {
        Amount amount = operation.amount();
        String text =
                "A payment of "
                        + amount.minorUnits()
                        + " minor units of "
                        + amount.currency()
                        + " waits for you. This is a simulated bank: no money is moved.";
        return FRAME.formatted("Bank " + escape(bank), escape(text), BUTTONS);
    }

    static String result(Operation operation, @Nullable String returnUrl) {
        String status = operation.status().wire().replace('_', ' ');
        String link =
                returnUrl == null
                        ? ""
                        : "<p><a href=\"" + escape(returnUrl) + "\">Back to the shop</a></p>";
        return FRAME.formatted("Done", "The payment is " + escape(status) + ".", link);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}

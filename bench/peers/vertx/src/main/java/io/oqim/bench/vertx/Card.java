package io.oqim.bench.vertx;

record Card(String number, int expMonth, int expYear, String cvc) {
    String first6() {
        return number.substring(0, 6);
    }

    String last4() {
        return number.substring(number.length() - 4);
    }

    @Override
    public String toString() {
        return "Card[" + last4() + "]";
    }
}

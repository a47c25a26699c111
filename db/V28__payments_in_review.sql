-- Building an index keeps writers of its table out, not readers; nothing is in this one yet.
CREATE INDEX payment_in_review ON payment (tenant, payment) WHERE review = 'pending' AND status = 'authorized';

"""After the purchase, in English."""

from tickets.demo.story import Story, answers, notes, robot, says
from tickets.states import State

STORIES = (
    Story(
        "en",
        "late-carrier",
        "orders",
        status="shipped",
        subjects=("Where is my order {order}?", "Tracking hasn't moved for a week", "Still no parcel"),
        openings=(
            'Hello,\n\nI ordered the {product} on {placed} and the tracking has said "in transit" ever since. Could you '
            "have a look, please? The reference is {tracking}.",
            "Hi there, quick one: order {order} was meant to reach {city} by now. Any news?",
            "Good morning, I'm off on holiday on Friday and the {product} still isn't here. Should I ask a neighbour "
            "to "
            "wait in for it?",
        ),
        turns=(
            answers(
                "Thank you for your patience. Your parcel cleared customs this morning and is now with the local "
                "carrier; "
                "delivery is expected on {eta}. I've put a reminder in my diary to check on it that day."
            ),
            says("Brilliant, thanks for checking.", quotes=True),
            says("It came this afternoon and it's gorgeous."),
            answers("That's lovely to hear. Enjoy it!"),
        ),
    ),
    Story(
        "en",
        "not-received",
        "orders",
        tags=("colis perdu",),
        priority=3,
        subjects=("Marked as delivered, nothing here", "{order}: not received"),
        openings=(
            'Hello, {carrier} says my parcel was left "in a safe place" on {delivered}. I\'ve looked everywhere, including '
            "the recycling bin. Nothing. What happens next?",
            "Hi,\nThe delivery photo for {order} shows a green door. Mine is red. Somebody on my street in {city} is "
            "now the "
            "proud owner of a {product}.",
        ),
        turns=(
            answers(
                "Oh no, I'm so sorry. I've opened a claim with {carrier} for {tracking} and asked for the GPS "
                "position of the "
                "drop. While they look, could you confirm your full address for me?",
                then=State.PENDING,
            ),
            says("Address is as on the order: flat 4, top bell. Thanks for taking this seriously.", quotes=True),
            notes("GPS says two streets away. Resend now, claim later."),
            answers(
                "They did deliver it two streets away. A new parcel is leaving today with a signature on delivery, "
                "and you "
                "have nothing to pay or to send back."
            ),
            says("Got it! Signed for it in my dressing gown. Thank you."),
        ),
    ),
    Story(
        "en",
        "damaged",
        "care",
        goods="lamp tableware",
        tags=("casse",),
        priority=3,
        files=("photo-1.png",),
        subjects=("Broken on arrival", "{product} arrived cracked", "Damaged parcel"),
        openings=(
            "Hello, sadly the {product} arrived in several pieces. Photo attached. The outer box looks fine so I "
            "think it was "
            "not packed tightly enough.",
            "Hi, I've just unpacked order {order} and there's a crack running right down the side. I'm gutted, it's "
            "for my "
            "parents' anniversary. Can you send another in time?",
        ),
        turns=(
            answers(
                "I'm really sorry, that must have been such a let-down. A replacement leaves today by express, "
                "double boxed, "
                "and should be with you on {eta}. Please keep or recycle the broken one."
            ),
            says("That's incredibly kind, thank you so much!", quotes=True),
            answers("The least we could do. Happy anniversary to your parents!"),
        ),
    ),
    Story(
        "en",
        "wrong-item",
        "orders",
        subjects=("Wrong item received", "Not what I ordered ({order})"),
        openings=(
            "Hello, I ordered the {product} and got a linen napkin set instead. Very nice napkins, but not what I "
            "need!",
            "Hi team, the packing slip says {product}, the box says something else, and what's inside is a third "
            "thing.",
        ),
        turns=(
            answers(
                "You've made me smile, and I apologise: that mix-up is ours. The right item goes out today. A "
                "prepaid label for the "
                "other one is in your account, no rush at all."
            ),
            says("Perfect. I'll drop it off at the post office tomorrow."),
        ),
    ),
    Story(
        "en",
        "return-size",
        "orders",
        goods="linen",
        subjects=("Return: wrong size", "Exchange for a larger one?"),
        openings=(
            "Hello, the {product} is beautiful but too small for a UK king-size bed. Is there a bigger one, and how "
            "do I send "
            "this one back?",
            "Hi, I'd like to return the {product} from {order}. It's unused and still in its bag.",
        ),
        turns=(
            answers(
                "Of course. You have thirty days, and the return is free from any collection point. French sizes run "
                "a little small, so "
                "I'd suggest 240 × 260 cm for a UK king. Shall I reserve one for you?",
                then=State.PENDING,
            ),
            says("Yes please, that would be wonderful."),
            answers("Reserved. It leaves as soon as your return is scanned; the label is in your account."),
        ),
    ),
    Story(
        "en",
        "refund-late",
        "orders",
        status="returned",
        tags=("remboursement",),
        priority=3,
        subjects=("Refund not received", "Chasing my refund for {order}"),
        openings=(
            "Hello, my return reached you on {delivered} according to the tracking. It's been over two weeks and "
            "there's no "
            "refund. Could you please look into it?",
            "Dear Sir or Madam,\n\nThis is my second e-mail about the refund of {price} for order {order}. I should "
            "be grateful for a "
            "definite date.",
        ),
        turns=(
            notes("Refund was blocked: card expired since the purchase. Needs a bank transfer."),
            answers(
                "I've found the cause: the card you paid with has expired since, so the refund bounced without "
                "telling anyone. I "
                "can send {price} by bank transfer instead. Could you share your IBAN through the secure form in "
                "your account?",
                then=State.PENDING,
            ),
            robot(
                "Thank you for your e-mail. I am out of the office with limited access to my inbox and will reply on "
                "my return.",
                0.01,
            ),
            says("Done, I've filled in the form. Thank you for explaining."),
            answers("The transfer of {price} left this morning. It should arrive within two working days."),
        ),
    ),
    Story(
        "en",
        "defect",
        "care",
        goods="lamp",
        files=("lampe.png",),
        subjects=("Switch stopped working", "{product} buzzes when dimmed"),
        openings=(
            "Hello, my {product} hums quite loudly when I dim it. Is that normal, or is it the bulb?",
            "Hi, the switch on the {product} I bought on {placed} has stopped clicking. It's stuck on.",
        ),
        turns=(
            answers(
                "Thank you for telling us. It's covered by the two-year guarantee. Could you tell me the number "
                "engraved under the "
                "base? Then I know which part to send.",
                then=State.PENDING,
            ),
            says("It reads L-2407-089."),
            answers(
                "Got it. A new base is on its way with a small screwdriver; swapping it takes two minutes, and I'm "
                "here if it "
                "doesn't go as planned."
            ),
            says("Swapped and silent. Great service."),
        ),
    ),
    Story(
        "en",
        "complaint",
        "care",
        tags=("réclamation",),
        priority=4,
        subjects=("VERY DISAPPOINTED", "Formal complaint: order {order}"),
        openings=(
            "I HAVE NOW WRITTEN THREE TIMES ABOUT {order} AND EVERY REPLY CONTRADICTS THE LAST. PLEASE HAVE A "
            "MANAGER CONTACT ME.",
            "Hello,\nI paid {total} and extra for express delivery. It took eleven days. Nobody told me anything in "
            "the meantime. I expect the "
            "delivery charge back and an explanation.",
        ),
        turns=(
            answers(
                "I'm Sophie Marchetti, I lead the customer care team. You're right, and I won't offer excuses: our "
                "messages "
                "contradicted each other. I have refunded the delivery, and from now on you will hear from one "
                "person only: me.",
                by="Sophie",
            ),
            says("I appreciate the straightforward answer. Thank you.", quotes=True),
        ),
    ),
    Story(
        "en",
        "thanks",
        "care",
        tags=("merci",),
        priority=1,
        subjects=("Thank you!", "Just to say it's perfect", "Compliments to the packer"),
        openings=(
            "Hello, no problem to report, I just wanted to say that the {product} looks stunning in our hallway. The "
            "handwritten "
            "note was a lovely touch.",
            "Hi all, my husband cried when he opened the {product}. Happy tears. Thank you for getting it to {city} "
            "on time.",
        ),
        turns=(
            answers(
                "Your message has just been read out loud in the workshop. Thank you for taking the time, it means a "
                "great "
                "deal to all of us."
            ),
        ),
    ),
    Story(
        "en",
        "care-advice",
        "care",
        goods="linen candle",
        subjects=("Care instructions for the {product}", "A question about care"),
        openings=(
            "Hello, how do I look after the {product}? The little card got lost somewhere in the wrapping paper.",
            "Hi! First use of the {product} tonight. Anything I should know before I ruin it?",
        ),
        turns=(
            answers(
                "A very good instinct! For linen: 40 °C, gentle spin, no bleach, and never mind the creases. For "
                "candles: let the whole "
                "surface melt the first time, about two hours, and trim the wick to 5 mm each time."
            ),
            says("Noted and stuck on the fridge, thanks."),
        ),
    ),
)

//! The oracle: programs whose right answer is known by construction, against the analysis of the duty.
//!
//! A seeded generator makes *skeletons* of programs; a plain interpreter of skeletons walks every path of the
//! push handler and says what becomes of the duty to report; a printer writes the skeleton down as Swift,
//! which the library then reads like any other project. The interpreter never sees the library's facts.

mod answer;
mod compare;
mod few;
mod generator;
mod interpreter;
mod printer;
mod random;
mod shrink;
mod skeleton;
mod valid;

mod by_hand;
mod executed;
mod generated;
mod run;
mod shapes;
